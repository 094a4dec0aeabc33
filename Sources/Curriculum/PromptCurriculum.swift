/// What a curriculum may know of a candidate prompt when it scores the pool.
///
/// What nobody measured is `nil`.
public struct CandidateEvidence: Sendable, Hashable, Codable {
  /// The prompt.
  public var id: String

  /// The quality of the teacher's best predictions with the truth, best prediction first, 0 … 1.
  public var teacherQuality: [Double]?

  /// The quality of the student's own answer with the truth, 0 … 1.
  public var studentQuality: Double?

  /// Σ_t (log π − log q) over the student's own answer, nats.
  public var trajectoryReverseKL: Double?

  /// Tokens of that answer.
  public var responseLength: Int?

  /// Standard deviation of the rewards of the prompt's last group.
  public var rewardSpread: Double?

  /// Entropy of what the teacher believes of every answer that can be given, nats.
  public var teacherEntropy: Double?

  /// How much the best answers of the teacher and of a second one agree, 0 … 1.
  public var teacherAgreement: Double?

  /// How much the student's own answer agrees with the teacher's best one, 0 … 1.
  public var studentAgreement: Double?

  /// Where the middle of the teacher's best answer lies: 0 at the beginning of the video, 1 at its end.
  public var teacherPosition: Double?

  /// A candidate about which nothing is known yet.
  public init(
    id: String, teacherQuality: [Double]? = nil, studentQuality: Double? = nil,
    trajectoryReverseKL: Double? = nil, responseLength: Int? = nil, rewardSpread: Double? = nil
  ) {
    self.id = id
    self.teacherQuality = teacherQuality
    self.studentQuality = studentQuality
    self.trajectoryReverseKL = trajectoryReverseKL
    self.responseLength = responseLength
    self.rewardSpread = rewardSpread
  }

  /// Takes over what is known of the other and not of this one.
  package mutating func fill(_ other: CandidateEvidence) {
    teacherQuality = teacherQuality ?? other.teacherQuality
    studentQuality = studentQuality ?? other.studentQuality
    trajectoryReverseKL = trajectoryReverseKL ?? other.trajectoryReverseKL
    responseLength = responseLength ?? other.responseLength
    rewardSpread = rewardSpread ?? other.rewardSpread
    teacherEntropy = teacherEntropy ?? other.teacherEntropy
    teacherAgreement = teacherAgreement ?? other.teacherAgreement
    studentAgreement = studentAgreement ?? other.studentAgreement
    teacherPosition = teacherPosition ?? other.teacherPosition
  }

  /// How far the teacher is from the student: the trajectory's reverse KL in nats where it was measured, else the quality of the
  /// teacher's best prediction − the student's; `nil` where one of them is not known.
  public var disagreement: Double? {
    if let trajectoryReverseKL { return trajectoryReverseKL }
    guard let teacher = teacherQuality?.first, let studentQuality else { return nil }
    return teacher - studentQuality
  }
}

/// What has to be measured on the pool before the next round.
public struct EvidenceNeeds: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// A set of needs with the given bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `CandidateEvidence.teacherQuality`.
  public static let teacherQuality = EvidenceNeeds(rawValue: 1)
  /// `CandidateEvidence.studentQuality`.
  public static let studentQuality = EvidenceNeeds(rawValue: 2)
  /// `CandidateEvidence.trajectoryReverseKL` and `responseLength`.
  public static let trajectoryReverseKL = EvidenceNeeds(rawValue: 4)
  /// `CandidateEvidence.rewardSpread`.
  public static let rewardSpread = EvidenceNeeds(rawValue: 8)

  /// `CandidateEvidence.teacherEntropy`.
  public static let teacherEntropy = EvidenceNeeds(rawValue: 16)
  /// `CandidateEvidence.teacherAgreement`.
  public static let teacherAgreement = EvidenceNeeds(rawValue: 32)
  /// `CandidateEvidence.studentAgreement`.
  public static let studentAgreement = EvidenceNeeds(rawValue: 64)
  /// `CandidateEvidence.teacherPosition`.
  public static let teacherPosition = EvidenceNeeds(rawValue: 128)

  /// What a teacher is listened to for, whether or not it is right.
  package static let ofTeacher: EvidenceNeeds = [
    .trajectoryReverseKL, .teacherEntropy, .teacherAgreement, .studentAgreement, .teacherPosition,
  ]

  /// Whether measuring them takes right answers.
  var readTruth: Bool { !isDisjoint(with: [.teacherQuality, .studentQuality, .rewardSpread]) }
}

/// One line of the audit: what happened to one candidate in one round.
public struct SelectionRecord: Sendable, Hashable, Codable {
  /// The round, from 0.
  public var round: Int
  /// The candidate.
  public var id: String
  /// The score it was ranked by, if it got that far.
  public var score: Double?
  /// What was known of it.
  public var evidence: CandidateEvidence
  /// Whether every gate let it in.
  public var admitted: Bool
  /// Whether it was taken.
  public var taken: Bool
  /// Why, in words.
  public var reason: String

  /// A line of the audit.
  public init(
    round: Int, id: String, score: Double?, evidence: CandidateEvidence, admitted: Bool = true,
    taken: Bool, reason: String
  ) {
    self.round = round
    self.id = id
    self.score = score
    self.evidence = evidence
    self.admitted = admitted
    self.taken = taken
    self.reason = reason
  }
}

/// What training on a prompt showed.
public struct PromptObservation: Sendable, Hashable, Codable {
  /// The prompt.
  public var id: String
  /// The step at which it was trained on.
  public var step: Int
  /// Mean reward of its group.
  public var meanReward: Double?
  /// Standard deviation of the rewards of its group.
  public var rewardSpread: Double?
  /// Mean over its tokens of log π − log q, nats.
  public var meanLogRatio: Double?

  /// What training on a prompt showed.
  public init(
    id: String, step: Int, meanReward: Double? = nil, rewardSpread: Double? = nil,
    meanLogRatio: Double? = nil
  ) {
    self.id = id
    self.step = step
    self.meanReward = meanReward
    self.rewardSpread = rewardSpread
    self.meanLogRatio = meanLogRatio
  }
}

/// Says which prompts come next, given what was observed.
///
/// A curriculum works in rounds. When `needsRound` is true the trainer measures `needs` on the whole pool (and charges the
/// ledger) and calls `beginRound`; between rounds `next` deals prompts from the chosen set, each once an epoch.
public protocol PromptCurriculum: Sendable {
  /// What `beginRound` must be told of each candidate.
  var needs: EvidenceNeeds { get }

  /// Whether right answers decide which prompts are trained on: through qualities, or rewards that were observed.
  ///
  /// Unless a curriculum says so, where it `needs` a quality or rewards.
  var readsTruth: Bool { get }

  /// Whether the pool is to be scored before the next prompts are dealt.
  var needsRound: Bool { get }

  /// Starts a round: admits, ranks and chooses among the candidates.
  ///
  /// - Parameter candidates: The pool with what was measured, in any order.
  /// - Returns: One line a candidate.
  /// - Throws: Where something needed was not measured, or nobody can be taken.
  mutating func beginRound(_ candidates: [CandidateEvidence]) async throws -> [SelectionRecord]

  /// The ids of the next prompts to train on.
  mutating func next(_ count: Int) throws -> [String]

  /// Takes note of what training showed.
  mutating func observe(_ observations: [PromptObservation])

  /// Everything needed to go on exactly here, for the checkpoint.
  func snapshot() throws -> [UInt8]

  /// Goes on exactly where a snapshot was taken.
  mutating func restore(_ snapshot: [UInt8]) throws
}

extension PromptCurriculum {
  /// Where it needs a quality or rewards.
  public var readsTruth: Bool { needs.readTruth }
}
