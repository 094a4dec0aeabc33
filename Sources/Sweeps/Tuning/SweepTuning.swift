internal import Core
internal import Foundation
internal import Plugins
internal import Records

/// Which settings a sweep chooses before it is run, and from which values.
///
///     tune:
///       axes: {stages.0.learningRate: [5.0e-4, 1.0e-3, 2.0e-3]}
///       cases: {base: {}, sft: {stages.0.learningRate: [1.0e-3, 3.0e-3]}}
///       seeds: 2
///
/// They are chosen on the part `tune` of the data, with seeds that nothing is reported on.
package struct SweepTuning: Sendable {
  /// How often every value is tried.
  let seeds: Int
  /// The metric that decides; the task's headline if `nil`.
  let metric: String?
  /// Whether the better half goes on with twice as many steps.
  let halves: Bool

  private let draws: Int?
  private let axes: [TuningAxis]
  private let cases: [String: [TuningAxis]]

  /// Reads the block of a sweep.
  ///
  /// - Throws: `ConfigurationError`, or `SweepError` for axes that name no values.
  init(_ written: ConfigurationValue, cases known: [String], file: String) throws {
    let keys = try written.decoded(as: TuningKeys.self, at: "tune")
    seeds = keys.seeds
    metric = keys.metric
    halves = keys.halving
    draws = keys.random
    axes = try TuningAxis.read(keys.axes, at: "tune.axes", isDrawn: draws != nil, file: file)
    var cases: [String: [TuningAxis]] = [:]
    for pair in keys.cases.map?.pairs ?? [] {
      guard known.contains(pair.key) else {
        throw SweepError.unusable(
          pair.value, file: file, "'tune' names '\(pair.key)', which is no case",
          nearestName(to: pair.key, in: known).map { "Did you mean '\($0)'?" }
            ?? "Name one of the sweep's cases, or use 'axes' for all.")
      }
      cases[pair.key] = try TuningAxis.read(
        pair.value, at: "tune.cases.\(pair.key)", isDrawn: draws != nil, file: file)
    }
    self.cases = cases
  }

  /// What a case is tried with; one choice that changes nothing where it stays as it is.
  ///
  /// Cases of the same axes get the same draws, and one point drawn twice is tried once.
  func candidates(of name: String) -> [SweepChoice] {
    let axes = cases[name] ?? axes
    guard !axes.isEmpty else { return [.nothing] }
    guard let draws else {
      return axes.reduce([.nothing]) { found, axis in
        found.flatMap { choice in
          SweepChoice.axis(key: axis.key, values: axis.listed).map { choice + $0 }
        }
      }
    }
    var generator = Seed(0).derived("tune").generator()
    var seen: Set<ConfigurationMap> = []
    return (0..<draws).map { _ in
      axes.reduce(.nothing) { choice, axis in
        choice + SweepChoice(key: axis.key, value: axis.draw(&generator))
      }
    }.filter { seen.insert($0.changes).inserted }
  }
}

/// The values of one key that are tried.
private struct TuningAxis: Sendable {
  private enum Values: Sendable {
    case list([ConfigurationValue])
    case uniform(ClosedRange<Double>)
    case logUniform(ClosedRange<Double>)
  }

  let key: String
  private let values: Values

  /// The values where they are listed.
  var listed: [ConfigurationValue] { if case .list(let list) = values { list } else { [] } }

  /// The axes of a map.
  static func read(
    _ written: ConfigurationValue, at path: String, isDrawn: Bool, file: String
  ) throws -> [TuningAxis] {
    guard !written.isNull else { return [] }
    guard let map = written.map else {
      throw ConfigurationError.wrongType(
        path: path, expected: "a map of lists", found: written.kind, source: written.source)
    }
    return try map.pairs.map { pair in
      guard let values = values(pair.value, isDrawn: isDrawn) else {
        throw SweepError.unusable(
          pair.value, file: file, "the values of '\(path).\(pair.key)' cannot be read",
          isDrawn
            ? "Write a list, {logUniform: [a, b]} or {uniform: [a, b]} with 0 < a < b."
            : "Write a list of values; ranges to draw from need 'random'.")
      }
      return TuningAxis(key: pair.key, values: values)
    }
  }

  private static func values(_ written: ConfigurationValue, isDrawn: Bool) -> Values? {
    if let list = written.list { return list.isEmpty ? nil : .list(list) }
    guard isDrawn, let map = written.map, map.count == 1, let pair = map.pairs.first,
      let ends = pair.value.list?.compactMap(\.real), ends.count == 2, ends[0] < ends[1]
    else { return nil }
    switch pair.key {
    case "uniform": return .uniform(ends[0]...ends[1])
    case "logUniform": return ends[0] > 0 ? .logUniform(ends[0]...ends[1]) : nil
    default: return nil
    }
  }

  /// A value by chance; numbers have three digits, as people would write them.
  func draw(_ generator: inout SeededGenerator) -> ConfigurationValue {
    let share = generator.uniform()
    switch values {
    case .list(let list): return list[min(list.count - 1, Int(share * Double(list.count)))]
    case .uniform(let range):
      return Self.rounded(range.lowerBound + share * (range.upperBound - range.lowerBound))
    case .logUniform(let range):
      let (low, high) = (log(range.lowerBound), log(range.upperBound))
      return Self.rounded(exp(low + share * (high - low)))
    }
  }

  private static func rounded(_ number: Double) -> ConfigurationValue {
    ConfigurationValue(.real(Double(String(format: "%.2e", number)) ?? number))
  }
}
