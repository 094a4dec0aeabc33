#if Engines
import Core
import Student

extension TinkerEngine {
  func save() async throws -> LearnerState {
    let own = try await ready()
    let digest = try await own.fingerprint().digest
    let saved = try await own.save(digest: ContentHash.of([digest]))
    return LearnerState(
      blobs: [], optimizerUpdates: saved.updates, name: saved.path, digest: digest)
  }

  func restore(_ state: LearnerState) async throws {
    var own = try await ready()
    defer { student = own }
    try await own.restore(
      TinkerCheckpoint(state), state.isWeightsAlone ? .weights : .everything)
  }

  func resetOptimizer() async throws {
    // An adapter that has made no update has no moments.
    guard var own = student, own.updates > 0 else { return }
    defer { student = own }
    try await own.restore(TinkerCheckpoint(try await save()), .weights)
  }

  func exported() async throws -> ExportedAdapter {
    let own = try await ready()
    let digest = ContentHash.of([try await own.fingerprint().digest])
    return try ExportedAdapter(
      archive: try await own.archive(named: "opd-export-\(digest.prefix(16))"))
  }

  func digest() async throws -> String { try await ready().fingerprint().digest }

  func frozen() async throws -> any StudentEngine {
    TinkerEngine(setting, frozenAt: TinkerCheckpoint(try await save()))
  }
}

extension TinkerCheckpoint {
  init(_ state: LearnerState) {
    self.init(
      path: state.name ?? "", updates: state.optimizerUpdates,
      fingerprint: [Double](digest: state.digest ?? ""))
  }
}

extension [Double] {
  /// log π by the bits of Float32, which is what servers send: eight hexadecimal digits each.
  fileprivate var digest: String {
    map { value in
      let text = String(Float(value).bitPattern, radix: 16)
      return String(repeating: "0", count: 8 - text.count) + text
    }.joined()
  }

  fileprivate init(digest: String) {
    let digits = Array<Character>(digest)
    self = stride(from: 0, to: digits.count, by: 8).map { start in
      let word = String(digits[start..<Swift.min(start + 8, digits.count)])
      return Double(Float(bitPattern: UInt32(word, radix: 16) ?? 0))
    }
  }
}

extension ScoredResponse {
  /// Tokens that a pass reads: the prompt and the response once a target.
  var passTokens: Int {
    width * (prompt.length + response.count)
  }
}

extension UpdateStep {
  /// The same for a server; it does not clip.
  var adam: AdamStep {
    var adam = AdamStep(learningRate: learningRate)
    (adam.beta1, adam.beta2) = (optimizer.beta1, optimizer.beta2)
    (adam.epsilon, adam.weightDecay) = (optimizer.epsilon, optimizer.weightDecay)
    return adam
  }
}
#endif
