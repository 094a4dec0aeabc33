/// What an object of the built-in world looks like: a sprite of 5 × 5 pixels.
package enum WorldShape: String, Sendable, Hashable, CaseIterable {
  /// A disc.
  case circle
  /// A full square.
  case square
  /// A triangle that stands on its base.
  case triangle
  /// Two crossing bars.
  case cross

  /// How wide and high every sprite is, in pixels.
  static let size = 5

  /// The rows of the sprite from the top, a bit a pixel.
  private var rows: [UInt8] {
    switch self {
    case .circle: [0b01110, 0b11111, 0b11111, 0b11111, 0b01110]
    case .square: [0b11111, 0b11111, 0b11111, 0b11111, 0b11111]
    case .triangle: [0b00100, 0b00100, 0b01110, 0b01110, 0b11111]
    case .cross: [0b00100, 0b00100, 0b11111, 0b00100, 0b00100]
    }
  }

  /// Whether the sprite has a pixel there; every sprite is its own mirror image.
  func covers(_ row: Int, _ column: Int) -> Bool { rows[row] >> column & 1 == 1 }

  /// The pixels of every sprite, row by row, a bit a pixel.
  static let masks: [UInt64] = allCases.map { shape in
    shape.rows.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(size * $1.offset) }
  }

  /// How many pixels the sprite has.
  var area: Int { rows.reduce(0) { $0 + $1.nonzeroBitCount } }
}

/// The colour of an object of the built-in world.
package enum WorldColour: String, Sendable, Hashable, CaseIterable {
  /// Red.
  case red
  /// Green.
  case green
  /// Blue.
  case blue
  /// Yellow.
  case yellow

  /// Red, green and blue, 0 … 255.
  var components: [Int] {
    switch self {
    case .red: [215, 50, 50]
    case .green: [50, 195, 70]
    case .blue: [60, 90, 225]
    case .yellow: [225, 205, 50]
    }
  }

  /// The colour that a pixel shows, or `nil` if it is too grey to be of an object.
  static func seen(red: Int, green: Int, blue: Int) -> WorldColour? {
    let strongest = max(red, green, blue)
    guard strongest - min(red, green, blue) > 90 else { return nil }
    if blue == strongest { return .blue }
    if min(red, green) > 150 { return .yellow }
    return red == strongest ? .red : .green
  }
}

/// What objects of the built-in world do.
package enum WorldAction: String, Sendable, Hashable, CaseIterable {
  /// It is gone in every other frame, the first and the last included.
  case blinks
  /// It is elsewhere in every frame than in the one before.
  case moves
  /// It slides in from an edge.
  case enters
  /// It slides out over an edge.
  case leaves
}

/// Something that an object does, and when.
package struct WorldEvent: Sendable, Hashable {
  /// What it does.
  package let action: WorldAction

  /// The frames in which it does so.
  package let frames: Range<Int>
}

/// An object of a video, with all it does.
package struct WorldObject: Sendable, Hashable {
  /// What it looks like.
  package let shape: WorldShape

  /// Its colour.
  package let colour: WorldColour

  /// Which of the three rows of the picture it lives in; objects never cover each other.
  package let lane: Int

  /// What it does, in time order, with at least one quiet frame before, between and after.
  package let events: [WorldEvent]

  /// The left edge of its sprite in each frame, in pixels; `nil` where it is not to be seen.
  package let positions: [Int?]
}

/// A video of the built-in world, with the questions about it.
package struct WorldVideo: Sendable, Hashable {
  /// A name that no other video has.
  package let name: String

  /// How many frames it has, one a second.
  package let frames: Int

  /// What is to be seen.
  package let objects: [WorldObject]

  /// The questions, each with one right window.
  package let questions: [WorldQuestion]

  /// Where the picture fades to black and back, and nothing happens.
  package let fades: [Range<Int>]

  /// From which background and noise are made.
  let appearance: UInt64
}

/// A question about a video of the built-in world.
package struct WorldQuestion: Sendable, Hashable {
  /// What has to be understood to answer.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Something happens once.
    case event
    /// Something happens twice: the first time, or again.
    case repetition
    /// Something happens twice, before and after something else.
    case order
  }

  /// What has to be understood to answer.
  package let kind: Kind

  /// The question in words.
  package let text: String

  /// The right answer: frames, which are seconds.
  package let frames: Range<Int>
}
