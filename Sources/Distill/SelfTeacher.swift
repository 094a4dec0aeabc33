public import Core
public import Student
public import Teacher
internal import Tensors

/// A teacher that is made of the student: the trainer shows it the student at the start and after every update.
public protocol StudentFollower: TeacherScorer {
  /// Meets the student at the beginning of a stage.
  ///
  /// - Throws: Where a teacher cannot be made of such a student.
  mutating func begin(with student: any StudentPolicy) throws

  /// Sees the student after an update.
  mutating func follow(_ student: any StudentPolicy)

  /// The teacher's own parameters, for a checkpoint; `nil` where they follow from the student's at the start or now.
  var ownParameters: [Float]? { get set }
}

/// The student as its own teacher, with evidence that the student does not have.
///
/// Without more evidence there is nothing to learn: the divergence is 0 for ever, which is a control of its own.
///
/// Source: `methods.md` §1.6.
public struct SelfTeacher: StudentFollower, AnswerPredictor {
  /// How the teacher changes while the student learns.
  public typealias Kind = TrainerHints.SelfTeacher

  /// How the teacher changes.
  public let kind: Kind
  /// What it looks at.
  public let evidence: PolicyTeacher.Evidence
  /// The share of the student in the average after each update, 0 … 1; `average` alone reads it.
  public let rate: Double
  /// Its own temperature.
  public let temperature: Double
  /// How answers are written.
  public let codec: AnswerCodec

  private var student: DecoderStudent?

  /// A teacher that has not met its student yet.
  public init(
    _ kind: Kind, evidence: PolicyTeacher.Evidence, rate: Double = 0.05, temperature: Double = 1,
    codec: AnswerCodec
  ) {
    self.kind = kind
    self.evidence = evidence
    self.rate = rate
    self.temperature = temperature
    self.codec = codec
  }

  /// The digest of the codec's vocabulary.
  public var vocabularyFingerprint: String { codec.vocabulary.fingerprint }

  /// Everything: the policy is in this process.
  public var support: TeacherSupport { .full }

  /// What a token on its own costs.
  public var flopsPerToken: Double { student.map { 2 * Double($0.parameters.layout.count) } ?? 0 }

  /// Meets the student.
  ///
  /// - Throws: `TrainingError.missing` where the student is no decoder.
  public mutating func begin(with student: any StudentPolicy) throws {
    guard let decoder = student as? DecoderStudent else {
      throw TrainingError.missing(partner: "a student that is a decoder, to be its own teacher")
    }
    self.student = kind == .live ? decoder : decoder.detached()
  }

  /// Sees the student after an update.
  public mutating func follow(_ student: any StudentPolicy) {
    switch kind {
    case .frozen: break
    case .live: self.student = student as? DecoderStudent
    case .average:
      guard var values = self.student?.parameters.values else { return }
      let share = Float(rate)
      for (index, value) in student.parameters.values.enumerated() {
        values[index] += share * (value - values[index])
      }
      self.student?.parameters.values = values
    }
  }

  /// The average's parameters.
  public var ownParameters: [Float]? {
    get { kind == .average ? student?.parameters.values : nil }
    set { if let newValue { student?.parameters.values = newValue } }
  }

  /// Scores every token of every response.
  public func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try await teacher().score(requests, support: support)
  }

  /// The policy's most likely answers.
  public func predictions(
    for prompts: [Prompt], count: Int
  ) async throws -> [[ScoredAnswer]] {
    try await teacher().predictions(for: prompts, count: count)
  }

  private func teacher() throws -> PolicyTeacher {
    guard let student else { throw TrainingError.selfTeacherAlone }
    return PolicyTeacher(student.policy, codec: codec, evidence: evidence, temperature: temperature)
  }
}
