internal import Core
internal import Storage
internal import Tensors

/// Reference values of a prompt with a picture and a video in patches.
struct GoldenPatches {
  struct File: Decodable {
    var input_ids: [Int]
    var image_grid_thw: [Int]
    var video_grid_thw: [Int]
    var second_per_grid_ts: Double?
    var inputs: String
    var position_ids: [[Int]]
    var rope_delta: Int
    var position_ids_by_second_per_grid: [String: [String: JSONValue]]
    var vision_output_image: GoldenTensor
    var vision_output_video: GoldenTensor
  }

  let file: File
  let response: GoldenResponse
  private let grids: [PatchGrid]
  private let pixels: [NamedTensor]

  init(_ path: String) throws {
    file = try ModelGolden.decode(path + "/golden.json")
    response = try ModelGolden.decode(path + "/golden.json")
    grids = try [file.image_grid_thw, file.video_grid_thw].map { numbers in
      guard numbers.count == 3, numbers.allSatisfy({ (1...1 << 16).contains($0) }) else {
        throw CheckpointError.key("image_grid_thw", expected: "three numbers", file: path)
      }
      return PatchGrid(time: numbers[0], rows: numbers[1], columns: numbers[2])
    }
    let inputs = path + "/" + file.inputs
    pixels = try ["pixel_values", "pixel_values_videos"].map {
      try NamedTensor.of($0, in: inputs, extents: 2)
    }
  }

  /// Positions under both rules, for every distance of two steps in time.
  func positions(_ name: String, _ model: VisionModel) throws -> [GoldenResult] {
    var results: [GoldenResult] = []
    for rule in [PicturePositions.Continuation.side, .largest] {
      let own = try prompt(model, second: file.second_per_grid_ts, rule)
      results.append(
        GoldenResult("\(name)/positions, \(rule)", isTrue: Self.axes(own) == file.position_ids))
      results.append(
        GoldenResult(
          "\(name)/rope_delta, \(rule)", isTrue: Self.delta(own) == file.rope_delta))
    }
    for (second, expected) in file.position_ids_by_second_per_grid.sorted(by: { $0.key < $1.key }) {
      results += try positions(name, model, at: second, expected)
    }
    return results
  }

  private func positions(
    _ name: String, _ model: VisionModel, at second: String, _ expected: [String: JSONValue]
  ) throws -> [GoldenResult] {
    guard let seconds = Double(second) else { return [] }
    var results = try Self.rules.map { key, rule in
      let own = Self.axes(try prompt(model, second: seconds, rule))
      return GoldenResult(
        "\(name)/positions at \(second) s, \(rule)", isTrue: expected[key]?.whole == own)
    }
    if case .integer(let delta)? = expected["rope_delta_5.24"] {
      let own = try prompt(model, second: seconds, .side)
      results.append(
        GoldenResult(
          "\(name)/rope_delta at \(second) s", isTrue: Self.delta(own) == delta))
    }
    return results
  }

  /// The largest position and one, less the tokens.
  private static func delta(_ prompt: PromptRows) -> Int {
    (axes(prompt).joined().max() ?? 0) + 1 - prompt.tokens.count
  }

  private static let rules: [(String, PicturePositions.Continuation)] = [
    ("transformers_5.24", .side), ("qwen_rule", .largest),
  ]

  private static func axes(_ prompt: PromptRows) -> [[Int]] {
    [prompt.spots.map(\.time), prompt.spots.map(\.row), prompt.spots.map(\.column)]
  }

  private func prompt(
    _ model: VisionModel, second: Double?, _ rule: PicturePositions.Continuation
  ) throws -> PromptRows {
    let settings = model.configuration
    let placeholders = Set([settings.imageToken, settings.videoToken].compactMap { $0 })
    let rate = settings.vision.positionsPerSecond
    let interval = rate.flatMap { rate in second.map { Float(rate) * Float($0) } } ?? 1
    let positions = try PicturePositions(
      file.input_ids, placeholders: placeholders,
      blocks: [.init(grids[0]), .init(grids[1], interval: interval)],
      merge: settings.vision.merge, continuation: rule)
    return PromptRows(
      tokens: file.input_ids,
      places: file.input_ids.indices.filter { placeholders.contains(file.input_ids[$0]) },
      spots: positions.spots, responsePosition: positions.next)
  }

  func compare<Scalar: Real>(
    _ name: String, _ model: VisionModel, _ parameters: Parameters<Scalar>
  ) throws -> [GoldenResult] {
    let name = "\(name)/\(Scalar.self)"
    let values = pixels.flatMap { $0.values.map { Scalar($0) } }
    let pass = try PicturePass(model, parameters, VisionInput(values, .patches(grids)))
    let tolerance = GoldenTolerance.of(Scalar.self).gradients
    let square = model.configuration.vision.merge * model.configuration.vision.merge
    let rows = try pass.run { _, rows, tape in tape.values(rows) }
    let split = grids[0].count / square * model.configuration.vision.outputs
    let prompt = try self.prompt(model, second: file.second_per_grid_ts, .largest)
    return try [
      GoldenResult(
        name + "/rows of the picture",
        error: file.vision_output_image.distance(Array(rows.prefix(split))), tolerance: tolerance),
      GoldenResult(
        name + "/rows of the video",
        error: file.vision_output_video.distance(Array(rows.dropFirst(split))),
        tolerance: tolerance),
    ] + late(name, model, pass) + response.compare(name, pass, prompt)
  }

  /// Logits where time runs past the side of the picture, and the two rules part.
  private func late<Scalar: Real>(
    _ name: String, _ model: VisionModel, _ pass: PicturePass<Scalar>
  ) throws -> [GoldenResult] {
    let prefix = "response_logits_at_"
    return try file.position_ids_by_second_per_grid.sorted { $0.key < $1.key }.flatMap { key, all in
      guard key.hasPrefix(prefix), let second = Double(key.dropFirst(prefix.count)) else {
        return [GoldenResult]()
      }
      return try Self.rules.map { key, rule in
        let own = try pass.logits(
          try prompt(model, second: second, rule), response.response)
        return GoldenResponse.logits(
          "\(name)/response logits at \(second) s, \(rule)", own, all[key]?.numbers ?? [])
      }
    }
  }
}

extension JSONValue {
  /// Rows of whole numbers, or `nil` where it is something else.
  fileprivate var whole: [[Int]]? {
    guard case .list(let rows) = self else { return nil }
    return rows.map { row in
      guard case .list(let entries) = row else { return [] }
      return entries.compactMap { if case .integer(let value) = $0 { value } else { nil } }
    }
  }

  /// Rows of numbers, or `nil` where it is something else.
  fileprivate var numbers: [[Double]]? {
    guard case .list(let rows) = self else { return nil }
    return rows.map { row in
      guard case .list(let entries) = row else { return [] }
      return entries.compactMap { entry in
        switch entry {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
      }
    }
  }
}
