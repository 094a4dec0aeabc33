internal import Core
internal import Networks
internal import Foundation
internal import Tensors

/// Writes a prompt as text with the pictures of its frames in it.
///
/// The rows of a frame are what the tower makes of it, before the connector: that is the decoder's first matrix, and may be
/// trained with it.
struct PicturePrompts: PromptEmbedder {
  let text: TextPrompts
  let sight: PictureSight
  /// The tower; `nil` where it is trained and lies among the weights of a pass.
  let tower: PassWeights?
  /// Whether there are videos to show frames of.
  let shows: Bool
  /// Whether the time of a frame stands before it.
  let saysTimes: Bool
  /// Numbers of a row of the decoder.
  let outputs: Int
  let kept = KeptFrames()
  /// The frames in view of the prompts that are worked on.
  var seen = SeenFrames()

  var width: Int { sight.width }

  /// The rows of a prompt that was looked at.
  func rows(_ prompt: Prompt) throws -> PromptRows { try rows(prompt, nil) }

  /// The rows of a prompt that was looked at.
  ///
  /// - Parameters:
  ///   - prompt: The prompt.
  ///   - weights: Those of the pass, with the tower among them where that is trained.
  /// - Returns: Tokens, and the rows of pictures before the connector.
  /// - Throws: `TextPromptError`; `VisionError` where text and pictures do not fit.
  func rows(_ prompt: Prompt, _ weights: PassWeights?) throws -> PromptRows {
    guard prompt.gates == nil else { throw TextPromptError.gates(prompt: prompt.id) }
    let frames = seenFrames(of: prompt)
    var rows = try arranged(prompt, frames.map(\.parts))
    rows.features = try frames.flatMap { try features(of: $0, weights) }
    try text.check(rows.count, prompt)
    return rows
  }

  /// The tokens of a prompt, and where its pictures stand.
  func outline(_ prompt: Prompt) throws -> PromptRows {
    try arranged(prompt, parts(of: prompt))
  }

  /// What is in view of a prompt; nothing where no videos are shown.
  private func view(of prompt: Prompt) -> SeenFrames.View {
    SeenFrames.View(prompt, isShown: shows)
  }

  private func seenFrames(of prompt: Prompt) -> [SeenFrame] {
    let view = view(of: prompt)
    guard !view.times.isEmpty else { return [] }
    guard let frames = seen.frames(of: view) else {
      preconditionFailure("Nobody has looked at the frames of '\(prompt.id)'.")
    }
    return frames
  }

  private func arranged(_ prompt: Prompt, _ pictures: [PictureParts]) throws -> PromptRows {
    let (before, after) = try text.parts(of: prompt).aroundFrames
    let times = view(of: prompt).times
    var tokens = before
    for (time, picture) in zip(times, pictures) {
      tokens += try text.tokenizer.encode(
        (saysTimes ? Self.stamp(time) : "") + sight.text(of: picture))
    }
    tokens += after
    let places = tokens.indices.filter { tokens[$0] == sight.placeholder }
    let expected = pictures.reduce(0) { $0 + sight.rows(of: $1) }
    guard places.count == expected else {
      throw VisionError.tokens(places.count, expected: expected)
    }
    return PromptRows(tokens: tokens, places: places)
  }

  /// What stands before a frame, as SmolVLM writes frames of a video.
  private static func stamp(_ seconds: Double) -> String {
    let whole = Int(seconds)
    return String(format: "\nFrame from %02d:%02d:", whole / 60, whole % 60)
  }

  /// How the frames in view are cut, or will be as far as anybody knows.
  private func parts(of prompt: Prompt) -> [PictureParts] {
    let view = view(of: prompt)
    if let frames = seen.frames(of: view) { return frames.map(\.parts) }
    let parts = kept.parts(of: prompt.video) ?? sight.oneTile
    return view.times.map { _ in parts }
  }

  /// The rows of pictures with their markers, and four characters a token.
  func count(_ prompt: Prompt) -> Int {
    parts(of: prompt).reduce(text.count(prompt)) { $0 + sight.rows(of: $1) + 4 * $1.tiles }
  }

  /// Tower and connector: both in every pass, although what a frozen tower made is kept as long as there is room.
  func flops(of prompt: Prompt, _ phase: WorkPhase) -> Double {
    parts(of: prompt).reduce(0) { sum, picture in
      let connector = 2 * Double(sight.rows(of: picture) * width * outputs)
      let looking = sight.flops(of: picture)
      guard phase == .training else { return sum + looking + connector }
      // A tower that is trained runs once more on the way back, which is as long as the way there.
      return sum + (tower == nil ? 3 : 1) * (looking + connector) + (tower == nil ? 0 : connector)
    }
  }

  /// Bytes of a frozen tower.
  var towerBytes: Int { tower?.bytes ?? 0 }

  /// Bytes of what a pass of so many rows takes beside the decoder: the rows before the connector, and a tile in the tower.
  func passBytes(rows: Int) -> Int {
    2 * rows * width * MemoryLayout<Float>.stride + (tower == nil ? sight.passBytes : 0)
  }
}

/// The tower's part in a pass.
extension PicturePrompts {
  /// The rows of a frame.
  private func features(of frame: SeenFrame, _ weights: PassWeights?) throws -> [Float] {
    guard let picture = frame.picture, let weights else { return frame.rows }
    return try rows(picture, by: weights)
  }

  /// What weights make of a picture, a tile after another: they do not see each other.
  private func rows(_ picture: ProcessedPicture, by weights: PassWeights) throws -> [Float] {
    try (0..<picture.parts.tiles).flatMap { tile in
      try TapePool.withTape { tape in
        try weights.run(tape) { try sight.rows(picture, tile: tile, on: $0) }
      }
    }
  }

  /// What is to be kept of a picture.
  func looked(at picture: ProcessedPicture) throws -> SeenFrame {
    guard let tower else { return SeenFrame(parts: picture.parts, picture: picture) }
    return SeenFrame(parts: picture.parts, rows: try rows(picture, by: tower))
  }

  /// Adds the gradient in the tower, from that in the rows of prompts.
  func differentiate(
    _ prompts: [Prompt], _ slopes: [Float], _ weights: PassWeights, _ tape: Tape<Float>,
    _ gradient: inout [Float]
  ) throws {
    var first = 0
    // Answers without a token have no gradient, and no pictures have no slopes.
    for prompt in prompts where !slopes.isEmpty {
      for frame in seenFrames(of: prompt) {
        guard let picture = frame.picture else { continue }
        let size = sight.rows(of: frame.parts) / picture.parts.tiles * width
        for tile in 0..<picture.parts.tiles {
          try weights.run(tape, addingGradientTo: &gradient) { tape in
            try sight.differentiate(
              picture, tile: tile, slopes: slopes[first..<first + size], on: tape)
          }
          first += size
        }
      }
    }
  }
}

extension DecoderModel {
  /// Prompts with pictures whose tower is trained.
  var trainedPictures: PicturePrompts? {
    (embedder as? PicturePrompts).flatMap { $0.tower == nil ? $0 : nil }
  }
}
