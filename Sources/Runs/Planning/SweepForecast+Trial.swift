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
  /// The configuration of a run with fresh weights in place of those that another arm has yet to train, and without that arm's
  /// judgement and its choice of frames: a trial takes about as long.
  fileprivate func freshlyStarted(_ run: Run) throws -> ConfigurationValue {
    var value = try ConfigurationFile.parse(run.configuration, file: run.folder)
    for needed in value.namedArms {
      let name = "\(needed.name)/seed-\(run.seed)"
      guard let source = runs.first(where: { $0.folder == name }) else { continue }
      let chosen = value.value(at: needed.place)
      switch needed.place.first {
      case "student": value["student"] = try freshlyStarted(source)["student"]
      case "reward": value["reward"] = "quality"
      case "teacher":
        value["teacher"] = try ConfigurationFile.parse(Self.ownTeacher, file: "teacher")
      case "secondTeacher": value = try value.withoutSecondTeacher()
      default:
        var uniform = ConfigurationValue(.map(ConfigurationMap()))
        uniform["uniform"] = ConfigurationValue(.map(ConfigurationMap()))
        uniform["uniform"]?["budget"] = chosen?["budget"]
        value = try ConfigurationOverride(
          argument: "keyframes", path: Array(needed.place.dropLast()), value: uniform
        ).applied(to: value)
      }
    }
    return value
  }

  /// A teacher that costs what another student of the same kind costs.
  private static var ownTeacher: String { "{self: {evidence: sameAsStudent, control: true}}" }
}

extension ConfigurationValue {
  /// A complete configuration without its second teacher, and without the gates that ask it.
  fileprivate func withoutSecondTeacher() throws -> ConfigurationValue {
    var value = self
    value["secondTeacher"] = nil
    for index in (value["stages"]?.list ?? []).indices {
      let gate = ["stages", "\(index)", "curriculum", "tvdf", "teacherAgreement"]
      guard value.value(at: gate) != nil else { continue }
      value = try ConfigurationOverride(
        argument: "teacherAgreement", path: gate, value: ConfigurationValue(.null)
      ).applied(to: value)
    }
    return value
  }
}
