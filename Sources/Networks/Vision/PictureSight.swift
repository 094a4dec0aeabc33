package import Core
internal import Foundation
internal import Storage
package import Tensors

/// The eyes of a model with pictures: how frames become the rows that its connector reads, and how a text shows where they
/// stand.
///
/// It holds no weights: those of a frozen tower, or of one that is trained, come with the tape.
package struct PictureSight: Sendable {
  /// How pictures are made ready.
  package let processor: PictureProcessor
  /// The token in whose places rows stand.
  package let placeholder: Token

  private let shape: VisionConfiguration
  private let tower: VisionTower<Float>
  private let markers = TileMarkers()

  /// The eyes of a model, its pictures as the `preprocessor_config.json` of its folder says.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - layout: Parameters with the tower's among them.
  ///   - cutsTiles: Whether a large picture is cut into tiles; a frame of a video is one in the family's own videos.
  /// - Throws: `StorageError`, `CheckpointError`, `VisionError.untrained`.
  package init(_ model: VisionModel, in layout: ParameterLayout, cutsTiles: Bool) throws {
    guard let image = model.configuration.imageToken else {
      throw CheckpointError.key("image_token_id", expected: "a token", file: model.path)
    }
    let file = model.path + "/preprocessor_config.json"
    let processor = try PictureProcessor.read(try TextFile.bytes(file), file: file)
    guard case .tiled(var tiles) = processor else {
      throw CheckpointError.key(
        "image_processor_type", expected: "a processor that cuts tiles", file: file)
    }
    tiles.splits = tiles.splits && cutsTiles
    self.processor = .tiled(tiles)
    placeholder = image
    shape = try model.tower()
    tower = VisionTower(shape, in: layout)
  }

  /// Numbers of a row.
  package var width: Int { shape.merged }

  /// How a picture that is one tile is cut.
  package var oneTile: PictureParts {
    let side = shape.side * shape.patch
    return .tiles(rows: 0, columns: 0, height: side, width: side)
  }

  /// Rows that a picture becomes.
  package func rows(of parts: PictureParts) -> Int { shape.rows(of: parts) }

  /// Floating-point operations of the tower on a picture, forward.
  package func flops(of parts: PictureParts) -> Double { shape.flops(of: parts) }

  /// Bytes of values and gradients while one tile is on its way back.
  package var passBytes: Int { shape.passBytes }

  /// A picture in a text, as many placeholders as it has rows.
  package func text(of parts: PictureParts) throws -> String {
    let side = shape.side / shape.merge
    return try markers.expanded(markers.image, pictures: [parts], length: side * side)
  }

  /// The rows of one tile.
  package func rows(
    _ picture: ProcessedPicture, tile: Int, on tape: Tape<Float>
  ) throws -> [Float] {
    let (values, layout) = picture.input(tile: tile)
    return tape.values(try tower.squares(VisionInput(values, layout), on: tape))
  }

  /// The way back through the tower from the gradient in the rows of one tile.
  package func differentiate(
    _ picture: ProcessedPicture, tile: Int, slopes: ArraySlice<Float>, on tape: Tape<Float>
  ) throws {
    let (values, layout) = picture.input(tile: tile)
    try tower.differentiate(VisionInput(values, layout), slopes: slopes, on: tape)
  }
}

/// A model with pictures of which decoder and tower are frozen, and what is beside them trained.
extension VisionModel {
  /// The tower without what leads from it to the decoder.
  ///
  /// - Throws: `VisionError.untrained` where that is more than one matrix.
  package func tower() throws(VisionError) -> VisionConfiguration {
    var tower = configuration.vision
    guard tower.family == .idefics3 else { throw .untrained(family: tower.family.rawValue) }
    tower.outputs = 0
    return tower
  }

  /// The decoder, whose feature rows pass the connector.
  ///
  /// - Throws: `CheckpointError` for a tower without a decoder.
  package func decoder() throws -> DecoderConfiguration {
    guard var shape = configuration.decoder else {
      throw CheckpointError.key("text_config", expected: "a decoder", file: path)
    }
    shape.features = configuration.vision.merged
    return shape
  }

  /// Where the parameters of the tower lie, behind others.
  package func layout(of tower: VisionConfiguration, after others: ParameterLayout)
    -> ParameterLayout
  {
    var layout = others
    tower.append(to: &layout)
    return layout
  }

  /// What is trained beside frozen weights; at first it changes nothing.
  ///
  /// - Parameters:
  ///   - decoder: Changes of the decoder's layers.
  ///   - tower: Changes of all layers of the tower; `nil` where it stays as it is.
  ///   - connector: Whether the connector is trained, too, as a whole.
  ///   - file: What sentences call the configuration.
  ///   - draw: One number of A.
  /// - Returns: The changes, and the connector as the file has it.
  /// - Throws: `CheckpointError` where the configuration names none of the decoder's layers; `VisionError.untrained`.
  package func adapter(
    _ decoder: AdapterConfiguration, tower: AdapterConfiguration?, connector: Bool, file: String,
    _ draw: (_ inputs: Int) -> Float
  ) throws -> LowRankAdapter {
    let shape = try self.decoder()
    var adapter = LowRankAdapter(nothingOf: moduleNames, decoder)
    try adapter.adapt("layers.", of: shape.layout, by: decoder, file: file, draw)
    guard !adapter.factors.isEmpty else {
      throw CheckpointError.key("targets", expected: "layers of the decoder", file: file)
    }
    if let tower {
      let layout = layout(of: try self.tower(), after: ParameterLayout())
      try adapter.adapt("vision.layers.", of: layout, by: tower, file: file, draw)
    }
    guard connector, let entry = shape.layout["features"] else { return adapter }
    adapter.whole = moduleNames.modules(entry.name).map {
      WholeMatrix(
        module: $0, rows: entry.shape[0], columns: entry.shape[1], values: numbers(of: entry))
    }
    return adapter
  }
}
