internal import Core

/// A program of its own that chooses the prompts of a round: the same protocol as `ProcessTeacher`.
package struct ProcessCurriculum: Sendable {
  /// A candidate, with the names of its numbers as programs read them.
  package struct Candidate: Encodable, Sendable {
    package var id: String
    package var teacherQuality: [Double]?
    package var studentQuality: Double?
    package var trajectoryReverseKL: Double?
    package var responseLength: Int?
    package var rewardSpread: Double?
    package var teacherEntropy: Double?
    package var teacherAgreement: Double?
    package var studentAgreement: Double?
    package var teacherPosition: Double?

    enum CodingKeys: String, CodingKey {
      case id
      case teacherQuality = "teacher_quality"
      case studentQuality = "student_quality"
      case trajectoryReverseKL = "trajectory_reverse_kl"
      case responseLength = "response_length"
      case rewardSpread = "reward_spread"
      case teacherEntropy = "teacher_entropy"
      case teacherAgreement = "teacher_agreement"
      case studentAgreement = "student_agreement"
      case teacherPosition = "teacher_position"
    }

    package init(id: String) { self.id = id }
  }

  /// What training on a prompt showed.
  package struct Observation: Encodable, Sendable {
    package var id: String
    package var step: Int
    package var meanReward: Double?
    package var rewardSpread: Double?
    package var meanLogRatio: Double?

    enum CodingKeys: String, CodingKey {
      case id, step
      case meanReward = "mean_reward"
      case rewardSpread = "reward_spread"
      case meanLogRatio = "mean_log_ratio"
    }

    package init(id: String, step: Int) { (self.id, self.step) = (id, step) }
  }

  /// A round to choose for.
  package struct Round: Encodable, Sendable {
    package var round: Int
    package var seed: UInt64
    package var candidates: [Candidate]
    package var observations: [Observation]
    package var state: String?

    package init(
      round: Int, seed: UInt64, candidates: [Candidate], observations: [Observation],
      state: String?
    ) {
      (self.round, self.seed, self.candidates) = (round, seed, candidates)
      (self.observations, self.state) = (observations, state)
    }
  }

  /// What the program says of a candidate; one that it says nothing of is not taken.
  package struct Verdict: Decodable, Sendable {
    package var id: String
    package var score: Double?
    package var reason: String?
  }

  private let program: LineProcess
  private let parameters: ProcessParameters
  private let hello: ProgramHello

  /// Starts the program and greets it.
  ///
  /// - Throws: `ProcessError`, `TeacherError.parameter`.
  package init(
    connecting parameters: ProcessParameters, log: @escaping @Sendable (String) -> Void
  ) async throws {
    program = try LineProcess(parameters, hello: HostHello(kind: "curriculum"), log: log)
    self.parameters = parameters
    hello = try await program.connect()
    if let every = hello.every, every < 1 {
      throw ProcessError.content(
        program: parameters.program, prompt: "hello", defect: "'every' is \(every)")
    }
  }

  /// What must be measured before a round: `teacher_quality`, `student_quality`, `trajectory_reverse_kl`, `reward_spread`.
  package var needs: [String] { hello.needs ?? [] }

  /// After how many dealt prompts the next round begins; `nil` for one round.
  package var every: Int? { hello.every }

  /// Asks whom to take.
  ///
  /// - Returns: Those who are taken, and what the program wants to be told at the next round.
  /// - Throws: `ProcessError`, also for somebody who is not in the pool, or is taken twice.
  package func choose(_ round: Round) async throws -> (taken: [Verdict], state: String?) {
    let answer = try await program.exchange(ProcessRequest(curriculum: round))
    guard let taken = answer.taken else { throw refused("hello", "'taken' is missing") }
    var pool = Set(round.candidates.map(\.id))
    for verdict in taken where pool.remove(verdict.id) == nil {
      throw refused(verdict.id, "it is not in the pool, or was taken twice")
    }
    return (taken, answer.state)
  }

  /// A complaint about what the program said.
  package func refused(_ prompt: String, _ defect: String) -> ProcessError {
    .content(program: parameters.program, prompt: prompt, defect: defect)
  }
}
