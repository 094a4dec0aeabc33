internal import Foundation
internal import Storage

/// What PEFT's `adapter_config.json` says of low-rank adapters.
///
/// Source: Hu et al., arXiv:2106.09685; rank-stabilised scaling: Kalajdzievski, arXiv:2312.03732, eq. 7.
package struct AdapterConfiguration: Sendable, Hashable {
  /// Which linear layers are adapted.
  package enum Targets: Sendable, Hashable {
    /// Those whose path is one of these or ends in one after a dot.
    case names([String])
    /// Those whose whole path matches a regular expression.
    case pattern(String)
    /// All but the output.
    case allLinear
    /// None is named: what PEFT takes in Llama, Mistral and Qwen.
    ///
    /// Source: PEFT 0.18, `TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING`.
    case usual
  }

  /// r: rows of A where no pattern says otherwise.
  package var rank: Int
  /// α where no pattern says otherwise.
  package var alpha: Double
  /// Whether B·A is scaled by α/√r and not by α/r.
  package var isRankStabilised = false
  /// Ranks by a regular expression on the end of a module's path.
  package var rankPattern: [String: Int] = [:]
  /// α by a regular expression on the end of a module's path.
  package var alphaPattern: [String: Double] = [:]
  /// Which linear layers are adapted.
  package var targets: Targets
  /// Where the base model lies, as the file says.
  package var base: String?

  /// A configuration.
  package init(rank: Int, alpha: Double, targets: Targets) {
    self.rank = rank
    self.alpha = alpha
    self.targets = targets
  }

  /// Whether a module is adapted.
  ///
  /// - Throws: `CheckpointError.key` where the pattern is no regular expression.
  package func adapts(_ module: String, file: String) throws -> Bool {
    switch targets {
    case .names(let names): Self.isNamed(module, by: names)
    case .usual: Self.isNamed(module, by: ["q_proj", "v_proj"])
    case .pattern(let pattern):
      try Self.regex(pattern, "target_modules", file).matches(all: module)
    case .allLinear: true
    }
  }

  /// Whether a path is one of these names or ends in one after a dot.
  package static func isNamed(_ module: String, by names: [String]) -> Bool {
    names.contains { module == $0 || module.hasSuffix("." + $0) }
  }

  /// The rank and the scaling of a module's adapter.
  ///
  /// - Throws: `CheckpointError` where a pattern is no regular expression, or two that match disagree: PEFT takes the first
  ///   of the file, an order that JSON does not keep.
  package func size(_ module: String, file: String) throws -> (rank: Int, scaling: Double) {
    let rank = try Self.value(rankPattern, module, "rank_pattern", file) ?? rank
    let alpha = try Self.value(alphaPattern, module, "alpha_pattern", file) ?? alpha
    return (rank, isRankStabilised ? alpha / Double(rank).squareRoot() : alpha / Double(rank))
  }

  private static func value<Value: Hashable>(
    _ patterns: [String: Value], _ module: String, _ key: String, _ file: String
  ) throws -> Value? {
    // As PEFT: the pattern must match the end of the path, after a dot where something stands before it.
    let found = try patterns.filter {
      try regex("(.*\\.)?(\($0.key))$", key, file).matches(start: module)
    }
    guard Set(found.values).count <= 1 else {
      throw CheckpointError.refused(
        key, value: found.keys.sorted().joined(separator: ", "),
        expected: "one value for '\(module)'", file: file)
    }
    return found.values.first
  }

  /// A pattern of a foreign file; long ones are not compiled.
  private static func regex(_ pattern: String, _ key: String, _ file: String) throws -> Pattern {
    guard pattern.count <= 1000, let regex = try? Regex(pattern) else {
      throw CheckpointError.key(
        key, expected: "regular expressions of at most 1000 characters", file: file)
    }
    return Pattern(regex: regex)
  }

  private struct Pattern {
    let regex: Regex<AnyRegexOutput>

    func matches(all text: String) -> Bool { (try? regex.wholeMatch(in: text)) != nil }
    func matches(start text: String) -> Bool { (try? regex.prefixMatch(in: text)) != nil }
  }
}
