internal import Distill
internal import Foundation
internal import Core
internal import Statistics
internal import TAD
internal import Tensors

/// Compares this program with reference values that another program computed.
package enum GoldenChecks {
  /// Checks every file of a folder that this program knows.
  ///
  /// - Parameter folder: A folder in the format of a reference generator: `objectives.json`, `keyframes.json`,
  ///   `optimizer.json`, `statistics.json`, `llama/`; or of pretrained models: `models/`, `gguf/`, `lora/`, `tokenizer/`, `vision/`.
  /// - Returns: One check a reference value.
  /// - Throws: `GoldenFolderError` where there is nothing to check or a file cannot be read.
  package static func run(folder: String) throws -> [Check] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw GoldenFolderError.nothing(folder)
    }
    var checks: [Check] = []
    for name in names.sorted() {
      guard let found = try part(name, of: folder) else { continue }
      guard !found.isEmpty else { throw GoldenFolderError.nothing(folder + "/" + name) }
      checks += found
    }
    guard !checks.isEmpty else { throw GoldenFolderError.nothing(folder) }
    return checks
  }

  /// The checks of one file or folder; `nil` for what is no reference value.
  private static func part(_ name: String, of folder: String) throws -> [Check]? {
    let path = folder + "/" + name
    return switch name {
    case "objectives.json": try objectives(path)
    case "keyframes.json": try keyframes(path)
    case "optimizer.json": try optimizer(path)
    case "statistics.json": try statistics(path)
    case "llama": try LlamaChecks.run(folder: path)
    case "models", "gguf", "lora", "tokenizer", "vision":
      try PretrainedChecks.run(name, in: folder)
    case let other where other.hasSuffix(".json"): [Check(unsupported: other)]
    default: nil
    }
  }

  static func decode<Content: Decodable>(_ path: String, as: Content.Type) throws -> Content {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw GoldenFolderError.unreadable(path, "it cannot be opened")
    }
    do {
      return try JSONDecoder().decode(Content.self, from: data)
    } catch {
      throw GoldenFolderError.unreadable(path, "\(error)")
    }
  }

  private static func objectives(_ path: String) throws -> [Check] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw GoldenFolderError.unreadable(path, "it cannot be opened")
    }
    return try GoldenObjectives.check(Array(data)).map { outcome in
      let name = "objectives/\(outcome.name) (\(outcome.precision))"
      guard outcome.status != .unsupported else { return Check(unsupported: name) }
      return Check(
        name, error: WorstError.of([outcome.valueError, outcome.gradientError]),
        tolerance: outcome.tolerance)
    }
  }

  private struct KeyframeFile: Decodable {
    struct Case: Decodable {
      var window: Int
      var omega: Double
      var ratio: Double
      var pooled: Bool
      var first_frame: String
      var variation: [Double]
      var peak: [Bool]
      var selected: [Int]
    }
    var features: [[[Double]]]
    var cases: [Case]
  }

  private static func keyframes(_ path: String) throws -> [Check] {
    let file = try decode(path, as: KeyframeFile.self)
    let values = file.features.flatMap { $0.flatMap { $0 } }
    let tokens = file.features.first?.count ?? 0
    let channels = file.features.first?.first?.count ?? 0
    return try file.cases.enumerated().map { index, entry in
      let name =
        "keyframes/\(index) window \(entry.window) omega \(entry.omega) ratio \(entry.ratio)"
      guard let firstFrame = FirstFrame(rawValue: entry.first_frame) else {
        return Check(unsupported: name)
      }
      var parameters = TemporalApexDistillation.Parameters()
      parameters.window = entry.window
      parameters.omega = entry.omega
      parameters.ratio = entry.ratio
      parameters.features = entry.pooled ? .pooled : .perToken
      parameters.firstFrame = firstFrame
      let selector = try TemporalApexDistillation(parameters)
      let found = selector.select(values: values, tokensPerFrame: tokens, channels: channels)
      let variation = TAD.variation(
        values, tokensPerFrame: tokens, channels: channels, reading: parameters.features,
        firstFrame: firstFrame)
      let peaks = entry.peak.indices.filter { entry.peak[$0] }
      let agrees = found.indices == entry.selected && found.apexes == peaks
      return Check(
        name, error: agrees ? Check.distance(variation, entry.variation) : .infinity,
        tolerance: 1e-9)
    }
  }

  private struct OptimizerFile: Decodable {
    var lr: Double
    var beta1: Double
    var beta2: Double
    var epsilon: Double
    var weight_decay: Double
    var clip_norm: Double
    var start: [[Double]]
    var gradients: [[[Double]]]
    var parameters_after: [[[Double]]]
  }

  private static func optimizer(_ path: String) throws -> [Check] {
    let file = try decode(path, as: OptimizerFile.self)
    guard !file.gradients.isEmpty, file.gradients.count == file.parameters_after.count else {
      throw GoldenFolderError.unreadable(path, "it has not one result a gradient")
    }
    var values = file.start.flatMap { $0 }
    var optimizer = AdamW<Double>(
      count: values.count,
      settings: .init(
        beta1: file.beta1, beta2: file.beta2, epsilon: file.epsilon,
        weightDecay: file.weight_decay, clipNorm: file.clip_norm))
    return zip(file.gradients, file.parameters_after).enumerated().map { step, pair in
      let gradient = pair.0.flatMap { $0 }
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      optimizer.update(&values, gradient: gradient, norm: norm, learningRate: file.lr)
      return Check(
        "optimizer/step \(step)", error: Check.distance(values, pair.1.flatMap { $0 }),
        tolerance: 1e-9)
    }
  }

  private struct StatisticsFile: Decodable {
    var x: [Double]
    var y: [Double]
    var iqm_x: Double
    var iqm_y: Double
    var wilcoxon_exact_p: Double
    var paired_t_p: Double
    var probability_of_improvement: Double
    var spearman: Double
    var kendall_b: Double
    var p_values: [Double]
    var holm: [Double]
  }

  private static func statistics(_ path: String) throws -> [Check] {
    let file = try decode(path, as: StatisticsFile.self)
    let pairs: [(String, Double, Double)] = [
      ("iqm_x", interquartileMean(file.x), file.iqm_x),
      ("iqm_y", interquartileMean(file.y), file.iqm_y),
      ("wilcoxon_exact_p", wilcoxonSignedRank(file.x, file.y).pValue, file.wilcoxon_exact_p),
      ("paired_t_p", pairedT(file.x, file.y).pValue, file.paired_t_p),
      (
        "probability_of_improvement", probabilityOfImprovement(from: file.x, to: file.y),
        file.probability_of_improvement
      ),
      ("spearman", spearman(file.x, file.y), file.spearman),
      ("kendall_b", kendall(file.x, file.y), file.kendall_b),
    ]
    return pairs.map { name, mine, theirs in
      Check("statistics/\(name)", error: (mine - theirs).magnitude, tolerance: 1e-9)
    } + [
      Check(
        "statistics/holm", error: Check.distance(Statistics.holm(file.p_values), file.holm),
        tolerance: 1e-9)
    ]
  }
}

/// Why a folder of reference values cannot be checked.
package enum GoldenFolderError: ExplainedError, Hashable {
  /// There is nothing to check.
  case nothing(String)
  /// A file cannot be read.
  case unreadable(String, String)

  /// What happened.
  package var happened: String {
    switch self {
    case .nothing(let path): "'\(path)' holds no reference values that this program knows."
    case .unreadable(let path, let reason): "'\(path)' cannot be read: \(reason)."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .nothing:
      "Name a folder with objectives.json, keyframes.json, optimizer.json, llama, models, gguf, lora, tokenizer or vision."
    case .unreadable: "Generate it again."
    }
  }
}
