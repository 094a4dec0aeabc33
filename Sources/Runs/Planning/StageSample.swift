internal import Sweeps
internal import Curriculum
internal import Distill

/// What the first steps of a stage took.
///
/// The first one makes what later ones find, and begins the curriculum's first round, so it counts apart.
struct StageSample {
  /// How much has to be seen after the first step: a few, or one that is long enough for chance to matter little.
  private static let enough = (steps: 3, seconds: 1.0, longStep: 2.0)

  /// Steps so far.
  private(set) var steps = 0
  /// The candidates of the curriculum's first round.
  private(set) var candidates: [CandidateEvidence] = []

  private var first: [String: Double] = [:]
  private var later: [String: Double] = [:]
  private var tokens = 0

  /// Whether more steps would tell little more.
  var isEnough: Bool {
    let seen = later.values.reduce(0, +)
    if steps > Self.enough.steps { return seen >= Self.enough.seconds }
    return steps > 1 && seen >= Self.enough.longStep * Double(steps - 1)
  }

  /// Adds a step.
  ///
  /// - Parameters:
  ///   - record: What the step showed.
  ///   - seconds: What it took.
  ///   - before: What was spent before it.
  ///   - after: What was spent after it.
  mutating func add(
    _ record: StepRecord, seconds: Double, from before: Ledger, to after: Ledger
  ) {
    var spent = after.seconds.merging(before.seconds) { $0 - $1 }
    spent[RunForecast.other] = max(0, seconds - spent.values.reduce(0, +))
    if steps == 0 {
      first = spent
      candidates = record.selection.map(\.evidence)
    } else {
      later.merge(spent, uniquingKeysWith: +)
    }
    tokens += record.groups.reduce(0) { $0 + $1.tokenCount }
    steps += 1
  }

  /// Seconds of the curriculum's first round, in which the whole pool is measured; later ones are taken to be no cheaper.
  var roundSeconds: Double {
    let account = Ledger.Account.selection.rawValue
    return max(
      0, first[account, default: 0] - later[account, default: 0] / Double(max(1, steps - 1)))
  }

  /// Steps that a stage will make, by its own rules as far as they can be foreseen.
  func steps(of stage: StageConfiguration) -> Int {
    guard let limit = stage.stop.tokens, tokens > 0 else { return stage.steps }
    return min(stage.steps, (limit * steps + tokens - 1) / tokens)
  }

  /// What so many steps will take.
  ///
  /// - Parameters:
  ///   - name: What people call the stage.
  ///   - count: Its steps.
  ///   - diagnostics: How often the student is diagnosed; the first step always is, where any is.
  /// - Returns: Seconds by account, evaluations and checkpoints left out.
  func part(
    _ name: String, steps count: Int, _ diagnostics: DiagnosticsConfiguration
  ) -> RunForecast.Part {
    let spread = Double(max(0, count - 1)) / Double(max(1, steps - 1))
    let diagnosis = Ledger.Account.diagnostics.rawValue
    let repeated = later.filter { $0.key != diagnosis }.mapValues { $0 * spread }
    var part = RunForecast.Part(
      name: name, steps: count, seconds: first.merging(repeated, uniquingKeysWith: +),
      rolloutTokens: isSampled ? Double(tokens) / Double(steps) * Double(count) : 0)
    if let seconds = first[diagnosis] {
      let periods = [diagnostics.every, diagnostics.gradientAudit].filter { $0 > 0 }
      part.seconds[diagnosis] = seconds * Double(periods.map { (count - 1) / $0 + 1 }.max() ?? 0)
    }
    return part
  }

  private var isSampled: Bool { first[Ledger.Account.rollout.rawValue] != nil }
}
