internal import Plugins
internal import Records
package import Sweeps

extension SweepForecast {
  /// Tries out the arms of a sweep.
  ///
  /// - Parameters:
  ///   - plan: The sweep.
  ///   - limit: The most arms to try, spread evenly over the sweep; all if `nil`.
  ///   - laboratory: Makes everything that can be named, anew for each arm.
  ///   - report: Told which arm is next.
  /// - Throws: What is wrong with a configuration, its data or its teacher.
  package init(
    _ plan: SweepPlan, limit: Int? = nil, in laboratory: () throws -> Laboratory,
    report: (String) -> Void = { _ in }
  ) async throws {
    var arms: [Arm] = []
    let count = min(max(1, limit ?? .max), plan.arms.count)
    for place in 0..<count {
      let name = plan.arms[place * plan.arms.count / count]
      let own = plan.runs.filter { $0.arm == name }
      guard let first = own.first else { continue }
      report(name)
      let value = try plan.freshlyStarted(first)
      arms.append(
        Arm(name: name, runs: own.count, run: try await RunForecast(value, in: laboratory())))
    }
    self.init(arms: arms, runs: plan.runs.count)
  }
}

extension SweepPlan {
  /// The configuration of a run with fresh weights in place of those that another arm has yet to train: a trial takes as long.
  fileprivate func freshlyStarted(_ run: Run) throws -> ConfigurationValue {
    var value = try ConfigurationFile.parse(run.configuration, file: run.folder)
    guard let name = run.source, let source = runs.first(where: { $0.folder == name }) else {
      return value
    }
    value["student"] = try freshlyStarted(source)["student"]
    return value
  }
}
