internal import Foundation
internal import Networks
internal import Storage
internal import Tokenizers

/// Compares models, adapters and tokenizers of pretrained formats with reference values that their own packages computed.
enum PretrainedChecks {
  /// Where SmolLM2's GGUF lies, whose vocabulary is too large for the reference values: `OPD_SMOLLM2`, else where
  /// `scripts/fetch-models.sh` puts it.
  private static var smol: String {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
    let models = environment["OPD_MODELS"] ?? home + "/opd/models"
    return environment["OPD_SMOLLM2"] ?? models + "/SmolLM2-135M-Instruct.Q4_1.gguf"
  }

  /// The checks of one part of a folder of reference values: `models`, `gguf`, `lora`, `tokenizer` or `vision`.
  static func run(_ part: String, in folder: String) throws -> [Check] {
    switch part {
    case "models": try checks(ModelGolden.models(folder))
    case "gguf": try checks(ModelGolden.gguf(folder + "/gguf"))
    case "lora": try checks(ModelGolden.adapters(folder))
    case "tokenizer": try tokenizers(folder)
    case "vision": try checks(VisionGolden.check(folder + "/vision", encode: tokens))
    default: [Check(unsupported: part)]
    }
  }

  private static func checks(_ results: [GoldenResult]) -> [Check] {
    results.map { result in
      Check(
        result.name + (result.note.map { " (\($0))" } ?? ""), error: result.error,
        tolerance: result.tolerance)
    }
  }

  private static func tokenizers(_ folder: String) throws -> [Check] {
    let beside = try? FileManager.default.contentsOfDirectory(atPath: folder + "/gguf")
    let first = beside?.sorted().first { $0.hasSuffix("F32.gguf") }
    let results = try TokenizerGolden.check(
      folder: folder, smolVocabulary: try vocabulary(smol),
      vocabulary: try first.flatMap { try vocabulary("\(folder)/gguf/\($0)") })
    return results.map { result in
      let name = "tokenizer/\(result.name): \(result.detail)"
      switch result.outcome {
      case .passed: return Check(name, error: 0, tolerance: 0)
      case .failed: return Check(name, error: .infinity, tolerance: 0)
      case .skipped: return Check(unsupported: name)
      }
    }
  }

  /// The tokens of a text with special tokens recognised, by the tokenizer in a model's folder.
  private static func tokens(_ folder: String, _ text: String) throws -> [Int] {
    let path = folder + "/tokenizer.json"
    return try BytePairTokenizer(json: TextFile.bytes(path), source: path).encode(text)
  }

  private static func vocabulary(_ path: String) throws -> GGUFVocabulary? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try GGUFVocabulary(metadata: GGUFFile(path).metadata, source: path)
  }
}
