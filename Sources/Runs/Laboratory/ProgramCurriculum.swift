internal import Core
internal import Curriculum
internal import Teacher

extension AskedCurriculum {
  /// Rounds that a program chooses.
  ///
  /// - Throws: `ProcessError` for a program that needs what nobody measures.
  init(_ program: ProcessCurriculum, seed: Seed) throws {
    var needs: EvidenceNeeds = []
    for name in program.needs {
      guard let need = EvidenceNeeds.named[name] else {
        let known = EvidenceNeeds.named.keys.sorted().joined(separator: ", ")
        throw program.refused("hello", "it needs '\(name)', which is none of \(known)")
      }
      needs.insert(need)
    }
    self.init(needs: needs, every: program.every, seed: seed) { round in
      let (taken, state) = try await program.choose(ProcessCurriculum.Round(round))
      let verdicts = Dictionary(uniqueKeysWithValues: taken.map { ($0.id, $0) })
      return CurriculumChoice(
        round.candidates.map { candidate in
          let verdict = verdicts[candidate.id]
          return CurriculumChoice.Verdict(
            id: candidate.id, score: verdict?.score, taken: verdict != nil,
            reason: verdict?.reason ?? (verdict == nil ? "not taken" : "taken"))
        }, state: state)
    }
  }
}

extension EvidenceNeeds {
  /// What a program may say that it needs.
  fileprivate static let named: [String: EvidenceNeeds] = [
    "teacher_quality": .teacherQuality, "student_quality": .studentQuality,
    "trajectory_reverse_kl": .trajectoryReverseKL, "reward_spread": .rewardSpread,
    "teacher_entropy": .teacherEntropy, "teacher_agreement": .teacherAgreement,
    "student_agreement": .studentAgreement, "teacher_position": .teacherPosition,
  ]
}

extension ProcessCurriculum.Round {
  fileprivate init(_ round: CurriculumRound) {
    self.init(
      round: round.number, seed: round.seed.value,
      candidates: round.candidates.map { .init($0) },
      observations: round.observations.map { .init($0) }, state: round.state)
  }
}

extension ProcessCurriculum.Candidate {
  fileprivate init(_ evidence: CandidateEvidence) {
    self.init(id: evidence.id)
    teacherQuality = evidence.teacherQuality
    studentQuality = evidence.studentQuality
    trajectoryReverseKL = evidence.trajectoryReverseKL
    responseLength = evidence.responseLength
    rewardSpread = evidence.rewardSpread
    teacherEntropy = evidence.teacherEntropy
    teacherAgreement = evidence.teacherAgreement
    studentAgreement = evidence.studentAgreement
    teacherPosition = evidence.teacherPosition
  }
}

extension ProcessCurriculum.Observation {
  fileprivate init(_ observation: PromptObservation) {
    self.init(id: observation.id, step: observation.step)
    meanReward = observation.meanReward
    rewardSpread = observation.rewardSpread
    meanLogRatio = observation.meanLogRatio
  }
}
