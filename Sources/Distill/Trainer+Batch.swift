internal import Curriculum
internal import Dispatch
internal import Core
internal import Student
internal import Teacher

extension Trainer {
  /// The step's answers with their scores; where the objective asks for spread, others in place of groups without.
  ///
  /// Source of the refill: DAPO, arXiv:2503.14476, §3.2 (dynamic sampling), here with a bound.
  mutating func nextBatch(_ record: inout StepRecord) async throws -> StepBatch {
    let first = try await draw(0, &record)
    guard objective.groups == .withSpread, settings.refills > 0 else { return first }
    var kept = StepBatch()
    var refill = 0
    try keep(first, in: &kept)
    while kept.principal.count < settings.prompts, refill < settings.refills {
      refill += 1
      try keep(await draw(refill, &record), in: &kept)
    }
    record.note("sampling/refills", Double(refill))
    if kept.principal.count < settings.prompts {
      record.notes.append(
        """
        Dynamic sampling ended before a batch was full: \(settings.refills) refills did not find \
        \(settings.prompts) groups whose rewards differ. Raise refills or group, or choose harder prompts.
        """)
    }
    return kept.principal.isEmpty ? first : kept
  }

  /// Keeps the questions of a draw whose groups count in the loss, until the batch is full.
  private func keep(_ drawn: StepBatch, in kept: inout StepBatch) throws {
    let trained = try objective.trainedGroups(drawn.groups, context: context(drawn.roles))
    for (index, role) in drawn.roles.enumerated()
    where role == .ordered && trained[index] && kept.principal.count < settings.prompts {
      kept.append(index, of: drawn)
    }
  }

  /// One draw of prompts, answers and scores.
  private mutating func draw(_ number: Int, _ record: inout StepRecord) async throws -> StepBatch {
    let prompts = try await nextPrompts(&record)
    let (groups, roles) = try await answers(to: prompts, draw: number)
    let batch = try await score(groups, roles)
    record.add(groups: batch.principal)
    return batch
  }

  /// The next prompts; a new round of the curriculum first, where one is due.
  private mutating func nextPrompts(_ record: inout StepRecord) async throws -> [Prompt] {
    let start = DispatchTime.now()
    while curriculum.needsRound {
      let measured = try await PoolMeasurement(
        needs: curriculum.needs, student: student, partners: partners, settings: settings,
        step: steps
      ).measure(pool)
      ledger.spend(.selection, flops: measured.flops)
      record.selection += try await curriculum.beginRound(measured.candidates)
      if steps > 0 { try await resetForRound() }
    }
    let prompts = try curriculum.next(settings.prompts).map { try pool[$0] }
    ledger.spend(.selection, seconds: start.elapsed)
    return prompts
  }

  /// Answers by whoever the objective learns from: the student, the teacher, the data, or some of each.
  private mutating func answers(
    to prompts: [Prompt], draw: Int
  ) async throws -> ([RolloutGroup], [GroupRole]) {
    let own = prompts.indices.filter { objective.isStudents(prompt: $0) }
    let others = prompts.indices.filter { !objective.isStudents(prompt: $0) }
    let inputs = try ObjectiveInputs(
      own.map { prompts[$0] }, for: objective.requirements,
      seed: settings.seed.derived("inputs", steps).derived("draw", draw))
    var groups = try await sample(inputs.prompts, draw: draw)
    var roles = inputs.roles
    guard !others.isEmpty else { return (groups, roles) }
    let start = DispatchTime.now()
    let given = try await partners.answers(
      to: others.map { prompts[$0] }, from: objective.rolloutSource, settings: settings,
      seed: settings.seed.derived("teacher", steps))
    ledger.charge(.teacher, flops: given.flops, since: start)
    groups += given.groups
    roles += others.map { _ in .given }
    return (groups, roles)
  }

  private mutating func sample(_ prompts: [Prompt], draw: Int) async throws -> [RolloutGroup] {
    guard !prompts.isEmpty else { return [] }
    let start = DispatchTime.now()
    let seed = settings.seed.derived("sampling", steps)
    let groups = try await student.sample(
      prompts,
      settings: SamplingSettings(
        group: settings.group, temperature: settings.temperature,
        maximumLength: settings.maximumLength),
      seed: draw == 0 ? seed : seed.derived("draw", draw))
    ledger.charge(.rollout, flops: student.flops(of: groups, .sampling), since: start)
    ledger.rolloutTokens += groups.tokenCount
    return groups
  }

  /// What teacher, reference and reward say of the answers, as far as the objective asks.
  ///
  /// Teacher and reference are asked about answers that may be trained on only: what is sampled for comparison alone is
  /// judged by its reward.
  private mutating func score(
    _ groups: [RolloutGroup], _ roles: [GroupRole]
  ) async throws -> StepBatch {
    let needs = objective.requirements
    var scored = groups.map { group in
      ScoredGroup(prompt: group.prompt, rollouts: group.rollouts.map { ScoredRollout($0) })
    }
    let places = roles.indices.filter { objective.mayTrain(roles[$0]) }
    let candidates = places.map { groups[$0] }
    if let support = needs.teacherSupport, let scores = try await taught(candidates, support) {
      scored.assign(scores, at: places) { $0.teacher = $1 }
    }
    if let reference = partners.reference, needs.needsReference {
      let start = DispatchTime.now()
      let scores = try await reference.score(
        candidates, support: .sampled, temperature: settings.temperature)
      scored.assign(scores, at: places) { $0.reference = $1.sampled }
      ledger.charge(.reference, flops: reference.flops(of: candidates, .forward), since: start)
    }
    try await judge(groups, &scored)
    var batch = StepBatch()
    for (group, role) in zip(scored, roles) { batch.append(group, role) }
    return batch
  }
}

extension Trainer {
  /// What the teacher says of answers; `nil` where there is none.
  private mutating func taught(
    _ groups: [RolloutGroup], _ support: TeacherSupport
  ) async throws -> [[TeacherScore]]? {
    guard let teacher = partners.teacher else { return nil }
    let start = DispatchTime.now()
    let requests = groups.map(ScoringRequest.init)
    let beside = try await scoresBeside(requests)
    let scores =
      if let beside { beside } else { try await teacher.score(requests, support: support) }
    // Beside the student it is read again with each of the student's two passes.
    let passes = beside == nil ? 1.0 : 3
    ledger.charge(
      .teacher, flops: passes * teacher.flopsPerToken * Double(groups.tokenCount), since: start)
    ledger.scoredTokens += groups.tokenCount
    return scores
  }

  /// What a teacher on the student's engine says of answers where nobody here reads its rows; `nil` where somebody does.
  private func scoresBeside(_ requests: [ScoringRequest]) async throws -> [[TeacherScore]]? {
    guard objective.requirements.isComparedBeside, student.abilities.divergences,
      settings.diagnostics.isOff
    else { return nil }
    return try await partners.selfTeacher?.scoreBeside(requests)
  }

  /// What the reward says of answers.
  private mutating func judge(
    _ groups: [RolloutGroup], _ scored: inout [ScoredGroup]
  ) async throws {
    guard let reward = partners.reward else { return }
    scored.assign(try await reward.rewards(groups)) { $0.reward = $1 }
    let flops = try reward.flops(of: groups)
    if flops > 0 { ledger.spend(.reward, flops: flops) }
  }
}

extension Objective {
  /// Whether the student answers the prompt at a place of a step itself: as evenly spread as the share allows.
  func isStudents(prompt place: Int) -> Bool {
    Int(studentShare * Double(place + 1)) > Int(studentShare * Double(place))
  }
}
