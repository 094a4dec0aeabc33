internal import Core
internal import Distill
internal import Teacher

/// Advantages that a program says, asked once a batch.
struct ProgramAdvantage: AdvantageEstimator {
  private let program: ProcessAdvantage

  /// Advantages that a program will say.
  init(_ program: ProcessAdvantage) { self.program = program }

  func asked(about batch: SignalBatch) async throws -> any AdvantageEstimator {
    let groups = batch.groups.map { group in
      ProcessAdvantage.Group(
        prompt: group.first?.promptID ?? "", responses: group.map { .init($0) })
    }
    return KnownAdvantages(try await program.advantages(of: groups))
  }

  /// Nobody was asked: zeros would be learnt from without a word.
  func advantages(of batch: SignalBatch) throws -> [[[Double]]] {
    throw program.refused(
      batch.groups.first?.first?.promptID ?? "", "it was not asked about the batch")
  }
}

extension ProcessAdvantage.Response {
  /// The same in single precision, in which signals are measured.
  fileprivate init(_ signals: ResponseSignals) {
    self.init(tokens: signals.tokens, behaviour: signals.behaviour.map { Float($0) })
    teacher = signals.teacher.map { WireReals($0.map { Float($0) }) }
    reference = signals.reference.map { WireReals($0.map { Float($0) }) }
    reward = signals.reward
    (cut, sampled) = (signals.isCut, signals.isSampled)
  }
}
