package import Core
internal import Foundation
internal import Storage
package import Tensors

/// A pretrained model that answers questions about pictures.
package struct PictureReader: Sendable {
  /// How pictures are made ready.
  package let processor: PictureProcessor

  /// The weights of decoder and tower, the decoder's at the places that a decoder alone has.
  package let weights: Weights<Float>

  let vision: VisionConfiguration
  private let placeholders: Set<Token>
  private let decoder: Decoder<Float>
  private let tower: VisionTower<Float>

  /// The shape of the decoder.
  package var shape: DecoderConfiguration { decoder.configuration }

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

  /// Rows of the decoder that a picture becomes.
  package func rows(of picture: ProcessedPicture) -> Int { vision.rows(of: picture.parts) }

  /// Answers a prompt.
  ///
  /// - Parameters:
  ///   - prompt: The prompt with the rows of its pictures.
  ///   - settings: Temperature and the most tokens.
  ///   - ends: The tokens that end an answer.
  ///   - seed: From which tokens are drawn.
  ///   - watch: Gets each token as it is drawn.
  /// - Returns: The answer, the end token included where it was drawn.
  package func answer(
    _ prompt: PromptRows, settings: SamplingSettings, ends: Set<Token>, seed: Seed,
    watching watch: (Token) -> Void
  ) -> [Token] {
    TapePool.withTape { tape in
      tape.run(weights) { tape in
        decoder.sample(
          [prompt], seeds: [[seed]], temperature: settings.temperature, filter: settings.filter,
          ends: ends, maximumLength: settings.maximumLength, on: tape,
          watching: {
            watch($1)
            return true
          })
      }
    }[0][0].tokens
  }

  /// A prompt with the rows of its pictures.
  ///
  /// - Throws: `VisionError` where pictures and prompt do not fit.
  /// - Complexity: A pass of the tower over each tile, several at a time on as many threads as there are.
  package func rows(
    of tokens: [Token], _ pictures: [ProcessedPicture]
  ) throws -> PromptRows {
    let places = tokens.indices.filter { placeholders.contains(tokens[$0]) }
    let features = try features(of: pictures)
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

  /// The rows of pictures, each tile by itself: a pass over several would hold the states of all, and tiles do not see each
  /// other.
  private func features(of pictures: [ProcessedPicture]) throws -> [Float] {
    let parts = pictures.indices.flatMap { picture in
      (0..<pictures[picture].parts.tiles).map { (picture: picture, tile: $0) }
    }
    return try Parallel.map(chunks: parts.count) { part in
      let (picture, tile) = parts[part]
      return try features(pictures[picture], tile: tile)
    }.flatMap(\.self)
  }

  private func features(_ picture: ProcessedPicture, tile: Int) throws -> [Float] {
    let (values, layout) = picture.input(tile: tile)
    return try TapePool.withTape { tape in
      try tape.run(weights) { tape in
        let hidden = try tower.hidden(VisionInput(values, layout), on: tape)
        return tape.values(try tower.rows(hidden, layout, on: tape))
      }
    }
  }
}
