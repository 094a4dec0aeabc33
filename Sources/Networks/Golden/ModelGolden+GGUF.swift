internal import Core
internal import Foundation
internal import Storage
internal import Tensors

/// Reference values of one GGUF file.
private struct GoldenGGUF: Decodable {
  struct Tensor: Decodable {
    var type: String
    var shape: [Int]
    var file_offset: Int
    var bytes: Int
    var crc32_of_float32_le: UInt32?
  }
  struct Value: Decodable {
    var type: String
    var of: String?
    var value: JSONValue
  }
  var tensors: [String: Tensor]?
  var metadata: [String: Value]?
  var prompts: [[Int]]?
  /// By prompt, then position.
  var logits_at_the_last_3_positions: [[[Double]]]?
  var greedy: GoldenGreedy?
  /// The settings of the model that was written, as config.json has them.
  var config: JSONValue?
}

extension ModelGolden {
  /// Every GGUF file: tensors to the bit, metadata, logits and greedy tokens; files without values must be refused.
  package static func gguf(_ folder: String) throws -> [GoldenResult] {
    guard FileManager.default.fileExists(atPath: folder + "/golden.json") else { return [] }
    let golden: [String: GoldenGGUF] = try decode(folder + "/golden.json")
    var results: [GoldenResult] = []
    for (name, expected) in golden.sorted(by: { $0.key < $1.key }) {
      do {
        results += try file("gguf/" + name, folder + "/" + name, expected)
      } catch let error as any ExplainedError {
        results.append(GoldenResult("gguf/" + name, isTrue: false, note: "\(error)"))
      }
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() where name.hasSuffix(".gguf") && golden[name] == nil {
      do {
        _ = try GGUFFile(folder + "/" + name)
        results.append(GoldenResult("gguf/\(name)/refused", isTrue: false))
      } catch {
        results.append(GoldenResult("gguf/\(name)/refused", isTrue: true, note: "\(error)"))
      }
    }
    return results
  }

  private static func file(
    _ name: String, _ path: String, _ golden: GoldenGGUF
  ) throws -> [GoldenResult] {
    var results = contents(name, try GGUFFile(path), golden)
    guard golden.prompts != nil else { return results }
    let model = try PretrainedModel(path)
    let parameters = model.parameters()
    let shape = model.configuration
    let wide = parameters.converted(to: Double.self)
    results += logits(name, shape, parameters, golden)
    results.append(kept(name, model, parameters))
    guard case .divisors? = shape.variations?.rotaryScaling else {
      return results + logits(name, shape, wide, golden)
    }
    // The file holds the divisors in single precision, the values were computed with exact ones.
    results += logits(name, shape, wide, golden, tolerance: 1e-7)
    var exact = shape
    exact.variations?.rotaryScaling = try scaling(golden, model)
    return results + logits(name + "/exact frequencies", exact, wide, golden)
  }

  /// Tensors to the bit, and metadata.
  private static func contents(
    _ name: String, _ file: GGUFFile, _ golden: GoldenGGUF
  ) -> [GoldenResult] {
    var results: [GoldenResult] = []
    for (tensor, expected) in (golden.tensors ?? [:]).sorted(by: { $0.key < $1.key }) {
      let agrees = file.tensors[tensor].map { own in
        own.format.rawValue == expected.type && own.shape == expected.shape
          && own.bytes == expected.file_offset..<expected.file_offset + expected.bytes
          && expected.crc32_of_float32_le.map { $0 == CyclicRedundancy.checksum(own.values()) }
            ?? true
      }
      results.append(GoldenResult("\(name)/\(tensor)", isTrue: agrees ?? false))
    }
    for (key, expected) in (golden.metadata ?? [:]).sorted(by: { $0.key < $1.key }) {
      let agrees = file.metadata[key].map {
        $0.agrees(expected.value, as: expected.of ?? expected.type)
      }
      results.append(GoldenResult("\(name)/\(key)", isTrue: agrees ?? false))
    }
    return results
  }

  private static func scaling(
    _ golden: GoldenGGUF, _ model: PretrainedModel
  ) throws -> RotaryScaling {
    guard case .object(let object)? = golden.config else {
      throw CheckpointError.noObject(file: model.path)
    }
    let keys = ConfigurationKeys(object: object, file: model.path)
    return try RotaryKeys.read(keys, longest: model.configuration.positions).scaling
  }

  private static func logits<Scalar: Real>(
    _ name: String, _ shape: DecoderConfiguration, _ parameters: Parameters<Scalar>,
    _ golden: GoldenGGUF, tolerance: Double = GoldenTolerance.of(Scalar.self).logits
  ) -> [GoldenResult] {
    let expected = golden.logits_at_the_last_3_positions ?? []
    // The last rows as those that predict a response: its last token predicts nothing and may be any.
    let branches = zip(golden.prompts ?? [], expected).map { tokens, rows in
      let split = tokens.count - rows.count + 1
      return Branch(
        prompt: PromptRows(tokens: Array(tokens[..<split])), responses: [tokens[split...] + [0]])
    }
    let decoder = Decoder<Scalar>(shape)
    let all = expected.joined().joined()
    let scale = max(1, (all.reduce(0) { $0 + $1 * $1 } / Double(max(1, all.count))).squareRoot())
    var error = WorstError()
    if branches.isEmpty || branches.count != golden.prompts?.count { error.note(.infinity) }
    Tape<Scalar>().run(Weights(parameters, for: .inference)) { tape in
      decoder.pass(branches, on: tape, differentiating: false) { branch, _, logits in
        let reference = Array(expected[branch].joined())
        guard reference.count == logits.count else { return error.note(.infinity) }
        for index in 0..<logits.count {
          error.note((Double(logits[index]) - reference[index]).magnitude)
        }
      }
    }
    let name = "\(name)/\(Scalar.self)"
    let result = GoldenResult(name + "/logits", error: error.value, tolerance: tolerance * scale)
    return [result] + (golden.greedy.map { [$0.compare(name, shape, parameters)] } ?? [])
  }
}

extension GGUFValue {
  /// Whether the value is the reference's: floating-point numbers stand there as texts, so that JSON changes none.
  fileprivate func agrees(_ reference: JSONValue, as kind: String) -> Bool {
    if case .list(let list) = reference {
      guard let elements, elements.count == list.count else { return false }
      let inner = kind.hasPrefix("ARRAY of ") ? String(kind.dropFirst(9)) : kind
      return zip(elements, list).allSatisfy { $0.agrees($1, as: inner) }
    }
    switch (self, kind, reference) {
    case (.float32(let own), "FLOAT32", .text(let text)): return Float(text) == own
    case (.float64(let own), "FLOAT64", .text(let text)): return Double(text) == own
    case (.bool(let own), "BOOL", .flag(let flag)): return own == flag
    // Bytes, not characters: Swift takes differently composed texts for equal.
    case (.string(let own), "STRING", .text(let text)): return own.utf8.elementsEqual(text.utf8)
    case (.uint64(let own), "UINT64", .number(let number)): return Double(own) == number
    default:
      guard let integer, case .integer(let expected) = reference else { return false }
      return kind == self.kind && integer == expected
    }
  }

  /// The kind's name as ggml writes it.
  private var kind: String {
    switch self {
    case .uint8: "UINT8"
    case .int8: "INT8"
    case .uint16: "UINT16"
    case .int16: "INT16"
    case .uint32: "UINT32"
    case .int32: "INT32"
    case .uint64: "UINT64"
    case .int64: "INT64"
    case .float32: "FLOAT32"
    case .float64: "FLOAT64"
    case .bool: "BOOL"
    case .string: "STRING"
    case .array: "ARRAY"
    }
  }
}
