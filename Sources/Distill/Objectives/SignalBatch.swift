public import Core
internal import Tensors

/// Everything the algebra knows of one response, in `Double`.
///
/// What nobody said is `nil`, never 0.
public struct ResponseSignals: Sendable {
  /// The prompt that was answered.
  public var promptID: String
  /// Which of its answers this is.
  public var slot: Int
  /// The response, T tokens.
  public var tokens: [Token]
  /// log π_old of each token, nats, T of them.
  public var behaviour: [Double]
  /// log q of each token, nats, T of them.
  public var teacher: [Double]?
  /// The teacher's most likely tokens at each position, most likely first.
  public var teacherTop: [[LikelyToken]]?
  /// log q over the vocabulary at each position.
  public var teacherRows: DistributionRows?
  /// Where the teacher's rows are, if they stay there.
  public var teacherBeside: RowsBeside?
  /// log π_ref of each token, nats, T of them.
  public var reference: [Double]?
  /// The task reward.
  public var reward: Reward?
  /// Whether it was cut at the length limit.
  public var isCut = false
  /// Whether the student sampled it, so that `behaviour` means something.
  public var isSampled = true

  /// A response about which nothing has been said yet.
  public init(promptID: String, slot: Int, tokens: [Token], behaviour: [Double]) {
    self.promptID = promptID
    self.slot = slot
    self.tokens = tokens
    self.behaviour = behaviour
  }

  /// T.
  public var length: Int { tokens.count }
}

/// A token with its log-probability in `Double`, nats.
public struct LikelyToken: Sendable, Hashable {
  /// Which token.
  public var token: Token
  /// Its log-probability, nats.
  public var logProbability: Double

  /// A token with its log-probability.
  public init(_ token: Token, _ logProbability: Double) {
    self.token = token
    self.logProbability = logProbability
  }
}

/// The responses of a batch by group and slot, checked and ready for the algebra.
public struct SignalBatch: Sendable {
  /// The responses of each group.
  public var groups: [[ResponseSignals]]

  /// Responses that are already in shape.
  public init(groups: [[ResponseSignals]]) { self.groups = groups }

  /// What sampling and scoring made.
  ///
  /// - Throws: `ObjectiveError.tokenCountMismatch` where a signal has another length than its response, and
  ///   `ObjectiveError.notFinite` where a signal is NaN or +∞, or a student's log-probability is −∞.
  package init(_ groups: [ScoredGroup]) throws(ObjectiveError) {
    var result: [[ResponseSignals]] = []
    for group in groups {
      var responses: [ResponseSignals] = []
      for scored in group.rollouts { responses.append(try ResponseSignals(scored)) }
      result.append(responses)
    }
    self.groups = result
  }

  /// One value a token of each response, all the same.
  public func uniform(_ value: Double) -> [[[Double]]] {
    groups.map { $0.map { [Double](repeating: value, count: $0.length) } }
  }
}

extension ResponseSignals {
  /// What sampling and scoring made of one response.
  init(_ scored: ScoredRollout) throws(ObjectiveError) {
    let rollout = scored.rollout
    self.init(
      promptID: rollout.promptID, slot: rollout.slot, tokens: rollout.tokens,
      behaviour: rollout.logProbabilities.map { Double($0) })
    try check(behaviour, .behaviour)
    teacher = scored.teacher?.sampled.map { Rows.readable(Double($0)) }
    reference = scored.reference?.map { Double($0) }
    teacherRows = scored.teacher?.rows.map { .teacher($0) }
    teacherBeside = scored.teacher?.beside
    teacherTop = scored.teacher?.top?.map { likely in
      likely.map { LikelyToken($0.token, Rows.readable(Double($0.logProbability))) }
    }
    reward = scored.reward
    isCut = rollout.finish == .length
    if let teacher { try check(teacher, .teacher) }
    if let reference { try check(reference, .reference) }
    try checkCount(teacherTop?.count, .teacherTop)
    try checkCount(teacherRows?.positions, .teacherRows)
  }

  private func check(_ values: [Double], _ kind: SignalKind) throws(ObjectiveError) {
    try checkCount(values.count, kind)
    if let position = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(what: kind.rawValue, prompt: promptID, position: position)
    }
  }

  private func checkCount(_ count: Int?, _ kind: SignalKind) throws(ObjectiveError) {
    guard let count, count != length else { return }
    throw .tokenCountMismatch(
      signal: kind, prompt: promptID, expected: length, received: count)
  }
}
