internal import Core
internal import Storage
internal import Tensors

/// Reference values of a prompt with pictures in tiles.
struct GoldenTiles {
  struct File: Decodable {
    var text: String
    var images: [String]
    var settings: JSONValue
    var rows: [Int]
    var cols: [Int]
    var expanded_text: String
    var input_ids: [Int]
    var inputs: String
    var pixel_values: GoldenPixels
    var vision_last_hidden_state: GoldenTensor
    var connector_output: GoldenTensor
    var merged_embeddings: GoldenTensor
    var logits_at_the_last_4_positions: [[Double]]
  }

  let file: File
  let response: GoldenResponse
  private let pixels: NamedTensor

  /// The cases of a folder's file, by name.
  static func cases(_ path: String) throws -> [(String, GoldenTiles)] {
    let files: Cases<File> = try ModelGolden.decode(path + "/golden.json")
    let responses: Cases<GoldenResponse> = try ModelGolden.decode(path + "/golden.json")
    return try files.values.sorted { $0.key < $1.key }.compactMap { name, file in
      guard let response = responses.values[name] else { return nil }
      let pixels = try NamedTensor.of("pixel_values", in: "\(path)/\(file.inputs)", extents: 5)
      return (name, GoldenTiles(file: file, response: response, pixels: pixels))
    }
  }

  /// The processor and the prompt that is written out.
  func prompts(
    _ name: String, _ model: VisionModel, images: String, _ encode: VisionGolden.Encode
  ) throws -> [GoldenResult] {
    let processor = try PictureGolden.processor(
      "Idefics3ImageProcessor", file.settings, file: name)
    let pictures = try file.images.map {
      try processor.process(Picture(try PNGImage("\(images)/\($0).png")))
    }
    let values = pictures.flatMap(\.values)
    let grids = pictures.map { picture -> [Int] in
      guard case .tiles(let rows, let columns, _, _) = picture.parts else { return [] }
      return [rows, columns]
    }
    let vision = model.configuration.vision
    let side = vision.side / vision.merge
    let text = try TileMarkers().expanded(
      file.text, pictures: pictures.map(\.parts), length: side * side)
    return [
      GoldenResult(name + "/tiles", isTrue: grids == zip(file.rows, file.cols).map { [$0, $1] }),
      GoldenResult(
        name + "/pixels", error: file.pixel_values.distance(values), tolerance: 1e-6),
      GoldenResult(name + "/pixels to the bit", isTrue: values == pixels.values),
      GoldenResult(name + "/text", isTrue: text == file.expanded_text),
      GoldenResult(
        name + "/tokens", isTrue: try encode(model.path, text) == file.input_ids),
    ]
  }

  func compare<Scalar: Real>(
    _ name: String, _ model: VisionModel, _ parameters: Parameters<Scalar>
  ) throws -> [GoldenResult] {
    let name = "\(name)/\(Scalar.self)"
    let pass = try PicturePass(model, parameters, pixels.tiles(Scalar.self))
    let prompt = try self.prompt(file.input_ids, model)
    let ids = file.input_ids
    // The last rows as those that predict a response, whose own last token predicts nothing.
    let split = ids.count - file.logits_at_the_last_4_positions.count + 1
    let last = try pass.logits(
      try self.prompt(Array(ids[..<split]), model), Array(ids[split...]) + [0])
    return try states(name, pass, prompt) + [
      GoldenResponse.logits(
        name + "/last logits", last, file.logits_at_the_last_4_positions)
    ] + response.compare(name, pass, prompt)
  }

  private func prompt(_ tokens: [Token], _ model: VisionModel) throws -> PromptRows {
    guard let image = model.configuration.imageToken else {
      throw CheckpointError.key("image_token_id", expected: "a token", file: model.path)
    }
    return PromptRows(tokens: tokens, places: tokens.indices.filter { tokens[$0] == image })
  }

  /// What tower, connector and embedding give.
  private func states<Scalar: Real>(
    _ name: String, _ pass: PicturePass<Scalar>, _ prompt: PromptRows
  ) throws -> [GoldenResult] {
    let tolerance = GoldenTolerance.of(Scalar.self).gradients
    return try pass.run { hidden, rows, tape in
      let batch = pass.decoder.packed([Branch(prompt: prompt, responses: [])])
      let merged = pass.decoder.inputs(batch, on: tape, pictures: rows)
      return [
        ("hidden states", file.vision_last_hidden_state, hidden),
        ("connector", file.connector_output, rows),
        ("embeddings", file.merged_embeddings, merged),
      ].map { what, expected, own in
        GoldenResult(
          "\(name)/\(what)", error: expected.distance(tape.values(own)), tolerance: tolerance)
      }
    }
  }
}

/// The entries of a file that have a prompt.
private struct Cases<Value: Decodable>: Decodable {
  let values: [String: Value]

  private struct Prompt: Decodable { var input_ids: [Int] }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Swift.Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    var values: [String: Value] = [:]
    for key in container.allKeys {
      guard (try? container.decode(Prompt.self, forKey: key)) != nil else { continue }
      values[key.stringValue] = try container.decode(Value.self, forKey: key)
    }
    self.values = values
  }
}
