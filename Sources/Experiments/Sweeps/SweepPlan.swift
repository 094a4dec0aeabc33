internal import Foundation
public import Plugins
internal import Rollouts

/// Every run of a sweep, with its whole configuration: what is to be done, settled before anything is.
public struct SweepPlan: Sendable, Hashable {
  /// One run.
  public struct Run: Sendable, Hashable {
    /// Its arm.
    public var arm: String
    /// Its seed.
    public var seed: Int
    /// The text of its `config.yaml`.
    public var configuration: String

    /// Its folder within the sweep's.
    public var folder: String { "\(arm)/seed-\(seed)" }
  }

  /// What people call the sweep.
  public var name: String
  /// The arms in the order in which they are written.
  public var arms: [String]
  /// The runs: the first seed of every arm, then the second, so that arms can be compared early.
  public var runs: [Run]

  /// Works out every run.
  ///
  /// - Parameters:
  ///   - file: The sweep.
  ///   - complete: Checks a configuration and writes all its defaults out; called once an arm.
  /// - Throws: `SweepError`, or what `complete` throws.
  public init(
    _ file: SweepFile, complete: (ConfigurationValue) throws -> ConfigurationValue
  ) throws {
    name = file.name
    var arms: [(name: String, configuration: ConfigurationValue)] = []
    for combination in Self.combinations(file) {
      guard let configuration = try Self.configuration(of: combination, file) else { continue }
      let name = combination.label.isEmpty ? file.name : combination.label
      if arms.contains(where: { $0.name == name }) {
        throw SweepError.unusable(
          nil, file: file.path, "two arms are called '\(name)'",
          "Use cases, which have names of their own.")
      }
      arms.append((name, try complete(configuration)))
    }
    guard !arms.isEmpty else {
      throw SweepError.unusable(
        nil, file: file.path, "every combination is dropped", "Relax the rules of 'when'.")
    }
    self.arms = arms.map(\.name)
    runs = file.seeds.flatMap { seed in
      arms.map { arm in
        var configuration = arm.configuration
        configuration["seed"] = ConfigurationValue(.integer(seed))
        return Run(
          arm: arm.name, seed: seed, configuration: ConfigurationFile.text(of: configuration))
      }
    }
  }

  /// A plan made of its parts.
  init(name: String, arms: [String], runs: [Run]) {
    self.name = name
    self.arms = arms
    self.runs = runs
  }

  /// A choice of every axis; the case gives the first part of the label.
  private struct Combination {
    var caseName: String?
    var choice: SweepChoice
    var label: String { choice.label }
  }

  private static func combinations(_ file: SweepFile) -> [Combination] {
    var result = file.cases.map { Combination(caseName: $0.label, choice: $0) }
    if result.isEmpty { result = [Combination(caseName: nil, choice: .nothing)] }
    for axis in file.axes {
      result = result.flatMap { combination in
        axis.map {
          Combination(caseName: combination.caseName, choice: combination.choice + $0)
        }
      }
    }
    return result
  }

  /// The configuration of a combination, or `nil` if a rule drops it.
  private static func configuration(
    of combination: Combination, _ file: SweepFile
  ) throws -> ConfigurationValue? {
    var configuration = try file.base.changed(by: combination.choice.changes)
    for rule in file.conditions where rule.holds(case: combination.caseName, configuration) {
      guard let changes = rule.changes else { return nil }
      configuration = try configuration.changed(by: changes)
    }
    configuration = try configuration.changed(by: file.set)
    return try file.overrides.reduce(configuration) { try $1.applied(to: $0) }
  }
}
