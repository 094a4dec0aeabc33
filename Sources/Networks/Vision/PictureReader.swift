package import Core
internal import Foundation
internal import Storage
internal import Tensors

/// A pretrained model that answers questions about pictures.
package struct PictureReader: Sendable {
  /// How pictures are made ready.
  package let processor: PictureProcessor

  private let vision: VisionConfiguration
  private let placeholders: Set<Token>
  private let decoder: Decoder<Float>
  private let tower: VisionTower<Float>
  private let weights: Weights<Float>

  /// A model made ready, its pictures as the `preprocessor_config.json` of its folder says.
  ///
  /// - Throws: `StorageError`, or `CheckpointError` for a tower without a decoder.
  /// - Complexity: Widens all weights to single precision, once as they are and once packed.
  package init(_ model: VisionModel) throws {
    let settings = model.configuration
    guard let shape = settings.decoder else {
      throw CheckpointError.key("text_config", expected: "a decoder", file: model.path)
    }
    let file = model.path + "/preprocessor_config.json"
    processor = try PictureProcessor.read(try TextFile.bytes(file), file: file)
    vision = settings.vision
    placeholders = Set([settings.imageToken, settings.videoToken].compactMap { $0 })
    decoder = Decoder(shape)
    tower = VisionTower(settings.vision, in: model.layout)
    weights = Weights(model.parameters(), for: .inference)
  }

  /// A question as the model was taught to read one, with the places of its pictures written out.
  ///
  /// - Throws: `VisionError.tokens` where a question holds the marker of a picture itself.
  package func prompt(_ question: String, _ pictures: [ProcessedPicture]) throws -> String {
    guard vision.family == .idefics3 else {
      let shown = pictures.map { picture -> String in
        let count = rows(of: picture)
        return "<|vision_start|>" + String(repeating: "<|image_pad|>", count: count)
          + "<|vision_end|>"
      }
      return "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
        + shown.joined() + question + "<|im_end|>\n<|im_start|>assistant\n"
    }
    let markers = TileMarkers()
    let shown = String(repeating: markers.image, count: pictures.count)
    let side = vision.side / vision.merge
    return try markers.expanded(
      "<|im_start|>User:\(shown)\(pictures.isEmpty ? " " : "")\(question)<end_of_utterance>\nAssistant:",
      pictures: pictures.map(\.parts), length: side * side)
  }

  /// Rows of the decoder that a picture becomes.
  private func rows(of picture: ProcessedPicture) -> Int {
    switch picture.parts {
    case .patches(let grid): grid.count / (vision.merge * vision.merge)
    case .tiles: picture.parts.tiles * (vision.side / vision.merge) * (vision.side / vision.merge)
    }
  }

  /// Answers a prompt.
  ///
  /// - Parameters:
  ///   - tokens: The prompt.
  ///   - pictures: The pictures whose rows stand in the places of its picture tokens.
  ///   - settings: Temperature and the most tokens.
  ///   - ends: The tokens that end an answer.
  ///   - seed: From which tokens are drawn.
  ///   - watch: Gets each token as it is drawn.
  /// - Returns: The answer, the end token included where it was drawn.
  /// - Throws: `VisionError` where pictures and prompt do not fit.
  package func answer(
    _ tokens: [Token], _ pictures: [ProcessedPicture], settings: SamplingSettings,
    ends: Set<Token>, seed: Seed, watching watch: (Token) -> Void
  ) throws -> [Token] {
    let prompt = try rows(tokens, pictures)
    return Tape<Float>().run(weights) { tape in
      decoder.sample(
        [prompt], seeds: [[seed]], temperature: settings.temperature, filter: settings.filter,
        ends: ends,
        maximumLength: settings.maximumLength, on: tape,
        watching: {
          watch($1)
          return true
        })
    }[0][0].tokens
  }

  /// The prompt with the rows of its pictures.
  private func rows(_ tokens: [Token], _ pictures: [ProcessedPicture]) throws -> PromptRows {
    let places = tokens.indices.filter { placeholders.contains(tokens[$0]) }
    let features = try pictures.flatMap { try self.features(of: $0) }
    guard features.count == places.count * decoder.configuration.width else {
      throw VisionError.tokens(
        places.count, expected: features.count / decoder.configuration.width)
    }
    guard decoder.configuration.variations?.rotaryAxes != nil else {
      return PromptRows(tokens: tokens, places: places, features: features)
    }
    let blocks = pictures.compactMap { picture -> PicturePositions.Block? in
      if case .patches(let grid) = picture.parts { return .init(grid) }
      return nil
    }
    let positions = try PicturePositions(
      tokens, placeholders: placeholders, blocks: blocks, merge: vision.merge)
    return PromptRows(
      tokens: tokens, places: places, features: features, spots: positions.spots,
      responsePosition: positions.next)
  }

  /// The rows of one picture, tile after tile: a pass over all would hold the states of all.
  private func features(of picture: ProcessedPicture) throws -> [Float] {
    let values = picture.values
    switch picture.parts {
    case .patches(let grid): return try features(values, .patches([grid]))
    case .tiles(_, _, let height, let width):
      let size = 3 * height * width
      return try stride(from: 0, to: values.count, by: size).flatMap { start in
        try features(
          Array(values[start..<start + size]), .tiles(count: 1, height: height, width: width))
      }
    }
  }

  private func features(_ values: [Float], _ layout: VisionInputLayout) throws -> [Float] {
    try Tape<Float>().run(weights) { tape in
      let hidden = try tower.hidden(VisionInput(values, layout), on: tape)
      return tape.values(try tower.rows(hidden, layout, on: tape))
    }
  }
}
