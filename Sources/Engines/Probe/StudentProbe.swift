#if Engines
/// Finds out what a training server does, on a scratch model, before anything is trained on it.
///
/// "Compatible" servers differ in ways that mis-train without an error: how losses are averaged, which targets they read, what
/// they drop. Some 230 small requests measure each; what they find are the learner's abilities, never what the server says.
package struct StudentProbe {
  typealias Finding = (verdict: ProbeReport.Verdict, text: String)

  var bench: ProbeBench
  var report: ProbeReport
  /// log π may differ by this much between sampling and scoring, nats: what 16-bit engines reach.
  let tolerance = 0.05

  /// Checks a server.
  ///
  /// - Parameter parameters: Where it is and what it should train.
  /// - Returns: What was found; it need not have passed.
  /// - Throws: `EngineError` where it cannot be asked at all.
  package static func report(on parameters: TinkerParameters) async throws -> ProbeReport {
    let client = try await TinkerClient.connect(parameters)
    defer { client.close() }
    return try await report(on: client)
  }

  /// Checks the server of a client, which then also knows whether it may repeat writes.
  package static func report(on client: TinkerClient) async throws -> ProbeReport {
    let base = client.parameters.base
    guard client.bases.contains(base) else {
      throw EngineError.unknownBase(name: base, known: client.bases)
    }
    let model = try await client.createModel(base: base, rank: 8, seed: 1)
    var probe = StudentProbe(
      bench: ProbeBench(client, model), report: ProbeReport(url: client.parameters.url, base: base))
    probe.note(
      "connects", .ok, "\(client.dialect.rawValue) dialect, base '\(base)', an adapter of rank 8")
    await probe.bench.readOwnText()
    try await probe.run()
    try? await client.unload(probe.bench.model)
    return probe.report
  }

  /// Every check; those that may wreck the scratch model come last.
  private mutating func run() async throws {
    try await check("scores targets", or: .fail) { try await $0.scores() }
    guard report.checks.last?.verdict == .ok else { return }
    try await check("repeats", or: .fail) { try await $0.repeats() }
    try await check("trains the target", or: .fail) { try await $0.calibrates() }
    guard report.checks.last?.verdict == .ok else { return }
    try await checkGradients()
    try await check("moves", or: .fail) { try await $0.moves() }
    try await checkSamples()
    try await checkState()
    try await checkExtras()
  }

  private mutating func checkGradients() async throws {
    try await check("linear in advantages", or: .fail) { try await $0.isLinear() }
    try await check("learning rate", or: .fail) { try await $0.followsRate() }
    try await check("reduction", or: .fail) { try await $0.reduces() }
    try await check("importance ratio", or: .fail) { try await $0.readsRatio() }
    try await check("gradients end with a step", or: .fail) { try await $0.forgetsGradients() }
    try await check("trains no other token", or: .fail) { try await $0.trainsNoOther() }
    try await check("forward leaves no gradient", or: .fail) { try await $0.forwardIsPure() }
    try await check("repeated writes", or: .limit) { try await $0.repeatsWrites() }
    try await check("cross-entropy", or: .limit) { try await $0.crossEntropy() }
  }

  private mutating func checkSamples() async throws {
    try await check("samples what it scores", or: .fail) { try await $0.samples() }
    try await check("seeds", or: .limit) { try await $0.seeds() }
    try await check("temperature", or: .limit) { try await $0.temperature() }
    try await check("temperature of scores", or: .limit) { try await $0.scoreTemperature() }
    try await check("likeliest tokens", or: .limit) { try await $0.alternatives() }
  }

  private mutating func checkState() async throws {
    try await check("resumes", or: .limit) { try await $0.resumes() }
    try await check("names of checkpoints", or: .limit) { try await $0.names() }
    try await check("older samplers", or: .limit) { try await $0.olderSamplers() }
    try await check("exports the adapter", or: .limit) { try await $0.exports() }
  }

  private mutating func checkExtras() async throws {
    try await check("rows of targets", or: .limit) { try await $0.targetRows() }
    try await check("images", or: .limit) { try await $0.images() }
    try await check("negative weights", or: .limit) { try await $0.negativeWeights() }
  }

  /// Runs a check; an error of the server is a finding, not the end, as long as the scratch model is still there.
  ///
  /// Where the server was started again meanwhile, everything that follows would be refused and taken for a limit.
  private mutating func check(
    _ name: String, or verdict: ProbeReport.Verdict,
    _ body: (inout StudentProbe) async throws -> Finding
  ) async throws {
    do {
      let finding = try await body(&self)
      note(name, finding.verdict, finding.text)
    } catch let error as EngineError {
      let isMeasured = verdict == .fail ? true : await isThere()
      guard isMeasured else {
        throw EngineError.lost(
          student: bench.model.id, reason: "it was being measured, and then: \(error.happened)")
      }
      note(name, verdict, error.happened)
    }
  }

  /// Whether the scratch model still answers.
  private mutating func isThere() async -> Bool { (try? await bench.score()) != nil }

  private mutating func note(_ name: String, _ verdict: ProbeReport.Verdict, _ text: String) {
    report.checks.append(.init(name: name, verdict: verdict, finding: text))
  }
}
#endif
