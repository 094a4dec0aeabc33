/// The key of a number in `metrics.jsonl`, such as `eval/accuracy`.
public struct MetricName: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
  /// The key.
  public let rawValue: String

  /// The name with a given key.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The name with a given key.
  public init(_ key: String) { rawValue = key }

  /// The key.
  public var description: String { rawValue }

  /// The key without its folder: `accuracy` of `eval/accuracy`.
  public var title: String { rawValue.split(separator: "/").last.map { String($0) } ?? rawValue }
}

/// What a number in `metrics.jsonl` means.
public struct MetricDefinition: Codable, Sendable, Hashable {
  /// Which way is good.
  public enum Direction: String, Codable, Sendable {
    /// More is better.
    case higher
    /// Less is better.
    case lower
    /// Neither: a diagnostic.
    case none
  }

  /// What one value counts as when values are averaged over steps, workers or shards; no means of means.
  public enum Weight: String, Codable, Sendable {
    /// Response tokens.
    case tokens
    /// Sampled responses.
    case responses
    /// Prompts, each with all its responses.
    case prompts
    /// Optimizer updates.
    case updates
    /// Evaluated queries.
    case queries
    /// Nothing to average: a total, added up.
    case total
  }

  /// The key; `@k` and `*` stand for a number or a name.
  public var name: String
  /// The unit, `1` for a pure number.
  public var unit: String
  /// How it is computed.
  public var estimator: String
  /// Which way is good.
  public var direction: Direction
  /// What it is averaged over.
  public var weight: Weight

  /// The definition of a metric.
  ///
  /// - Parameters:
  ///   - name: The key; `@k` and `*` at its end stand for a number or a name.
  ///   - unit: The unit, `1` for a pure number.
  ///   - direction: Which way is good.
  ///   - weight: What it is averaged over.
  ///   - estimator: How it is computed.
  public init(
    _ name: String, _ unit: String, _ direction: Direction, per weight: Weight, _ estimator: String
  ) {
    self.name = name
    self.unit = unit
    self.estimator = estimator
    self.direction = direction
    self.weight = weight
  }

  /// Whether it defines a key as it stands in a file: `mass@k` that of `mass@16`.
  public func defines(_ key: String) -> Bool {
    if name == key { return true }
    if name.hasSuffix("@k") {
      let stem = name.dropLast()
      return key.hasPrefix(stem) && Double(key.dropFirst(stem.count)) != nil
    }
    guard name.hasSuffix("*") else { return false }
    return key.hasPrefix(name.dropLast()) && key.count >= name.count
  }
}
