internal import Core

/// Measures bands of pixels: which colours and shapes they show, and how they differ from the frames before and after.
///
/// A frame is cut into N level bands; with three of them a band shows one object at most, so that one feature row tells what
/// is there and what it does. The channels of a row are
/// - the area of each colour, and how well each shape fits,
/// - how both changed since the frame before (what vanished is known by what it was),
/// - how many pixels appeared, vanished and moved since the frame before, and until the frame after (where only one of
///   the two is zero something begins or ends),
/// - where in the band something is: its left and right ends, and whether it touches the picture's edges,
/// - the area of everything coloured, and the mean change of all pixels.
///
/// Everything comes from the pixels alone.
enum WorldFeatures {
  /// C: colours and shapes, their changes, three changes either way, four places and two totals.
  static let channels =
    2 * (WorldColour.allCases.count + WorldShape.allCases.count) + 2 * 3 + 4 + 2

  static func extract(_ video: RenderedFrames, bands: Int) -> [Float] {
    let rows = (0..<bands).map { bounds($0, of: bands, height: video.height) }
    let views = (0..<video.count).map { frame in
      rows.map { WorldView(video, frame: frame, rows: $0) }
    }
    var result: [Float] = []
    result.reserveCapacity(video.count * bands * channels)
    for frame in 0..<video.count {
      for band in 0..<bands {
        let now = views[frame][band]
        let before = views[max(0, frame - 1)][band]
        let after = views[min(video.count - 1, frame + 1)][band]
        result += measured(now, before, after)
      }
    }
    return result
  }

  /// Three bands are the lanes in which objects live; the last also holds the rest of the picture.
  static func bounds(_ band: Int, of bands: Int, height: Int) -> Range<Int> {
    let lanes = height / WorldShape.size
    let start = band * lanes / bands * WorldShape.size
    return start..<(band + 1 == bands ? height : (band + 1) * lanes / bands * WorldShape.size)
  }

  private static func measured(
    _ now: WorldView, _ before: WorldView, _ after: WorldView
  ) -> [Float] {
    let looks = now.shares + now.fits
    let changes = zip(looks, before.shares + before.fits).map { $0 - $1 }
    return looks + changes + moved(from: before, to: now) + moved(from: now, to: after)
      + now.places + [now.area, 10 * now.difference(from: before)]
  }

  /// How many pixels appeared, how many vanished, and how many moved, as shares of the larger area.
  private static func moved(from first: WorldView, to second: WorldView) -> [Float] {
    var (appeared, vanished) = (0, 0)
    for (before, after) in zip(first.colours, second.colours) where before != after {
      appeared += after == nil ? 0 : 1
      vanished += before == nil ? 0 : 1
    }
    let both = min(appeared, vanished)
    let area = max(1, first.count, second.count)
    return [appeared - both, vanished - both, both].map { Float($0) / Float(area) }
  }
}

/// What a band of a frame shows.
struct WorldView {
  /// The colour of each pixel, row by row, or `nil` for the background.
  let colours: [WorldColour?]

  /// How many pixels are not background.
  let count: Int

  /// The share of them that each colour has.
  let shares: [Float]

  /// How well each shape fits at its best place: 1 exactly, 0 hardly.
  let fits: [Float]

  /// Left end, right end, touches the left edge, touches the right edge; 0 … 1.
  let places: [Float]

  private let bytes: ArraySlice<UInt8>

  init(_ video: RenderedFrames, frame: Int, rows: Range<Int>) {
    let line = 3 * video.width
    let first = video[frame: frame].startIndex
    let bytes = video.pixels[first + rows.lowerBound * line..<first + rows.upperBound * line]
    let start = bytes.startIndex
    let colours = (0..<bytes.count / 3).map { pixel in
      WorldColour.seen(
        red: Int(bytes[start + 3 * pixel]), green: Int(bytes[start + 3 * pixel + 1]),
        blue: Int(bytes[start + 3 * pixel + 2]))
    }
    self.bytes = bytes
    self.colours = colours
    places = Self.places(colours, width: video.width)
    let count = colours.count { $0 != nil }
    self.count = count
    shares = WorldColour.allCases.map { colour in
      Float(colours.count { $0 == colour }) / Float(max(1, count))
    }
    fits = Self.fits(colours, width: video.width)
  }

  /// The area of everything coloured, in sprites of 25 pixels.
  var area: Float { Float(count) / Float(WorldShape.size * WorldShape.size) }

  /// The mean difference of all pixels, 0 … 1.
  func difference(from other: WorldView) -> Float {
    var sum = 0
    for (a, b) in zip(bytes, other.bytes) { sum += abs(Int(a) - Int(b)) }
    return Float(sum) / Float(255 * max(1, bytes.count))
  }

  private static func places(_ colours: [WorldColour?], width: Int) -> [Float] {
    let columns = colours.indices.filter { colours[$0] != nil }.map { $0 % width }
    guard let left = columns.min(), let right = columns.max() else { return [0, 0, 0, 0] }
    return [
      Float(left) / Float(width), Float(right + 1) / Float(width), left == 0 ? 1 : 0,
      right == width - 1 ? 1 : 0,
    ]
  }

  /// How well each sprite matches at its best place, partly outside or not: pixels it shares less pixels beside it, as a
  /// share of it.
  ///
  /// The worst match of a wrong shape lies near 0.85, so what is below 0.7 is cut off and the rest stretched to 0 … 1.
  /// A place is 25 bits: pixel by pixel this took three fifths of the time in which a world was made.
  private static func fits(_ colours: [WorldColour?], width: Int) -> [Float] {
    guard colours.contains(where: { $0 != nil }) else { return WorldShape.allCases.map { _ in 0 } }
    let size = WorldShape.size
    let lines = stride(from: 0, to: colours.count, by: width).map { start in
      (0..<width).reduce(UInt64(0)) { bits, column in
        colours[start + column] == nil ? bits : bits | 1 << UInt64(column + size - 1)
      }
    }
    var best = [Int](repeating: 0, count: WorldShape.allCases.count)
    for top in 0...max(0, lines.count - size) {
      for left in 0..<width + size - 1 {
        let place = (0..<size).reduce(UInt64(0)) { bits, row in
          bits | (lines[top + row] >> UInt64(left) & 0b11111) << UInt64(size * row)
        }
        let count = place.nonzeroBitCount
        for (shape, mask) in WorldShape.masks.enumerated() {
          best[shape] = max(best[shape], 2 * (place & mask).nonzeroBitCount - count)
        }
      }
    }
    return zip(best, WorldShape.allCases).map { best, shape in
      max(0, Float(best) / Float(shape.area) - 0.7) / 0.3
    }
  }
}
