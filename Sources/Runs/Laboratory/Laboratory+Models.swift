internal import Records
internal import Distill
internal import Foundation
internal import Plugins
internal import Core
internal import Student
internal import Teacher
internal import Tensors

struct ModelTeacherParameters: PluginParameters {
  var run: String?
  var arm: String?
  var evidence = PolicyTeacher.Evidence.allFrames
  var temperature = 1.0

  var files: [String] { RunReference.files(run) }

  var readsTruth: Bool { evidence == .answer }

  static let keys = RunReference.keys("is the teacher").merging([
    "evidence": .choice(
      PolicyTeacher.Evidence.self, "what it looks at: allFrames, sameAsStudent or answer"),
    "temperature": temperatureKey,
  ]) { $1 }
}

struct SelfTeacherParameters: PluginParameters {
  var kind = SelfTeacher.Kind.frozen
  var evidence = PolicyTeacher.Evidence.allFrames
  var rate = 0.05
  var temperature = 1.0
  var control = false

  var readsTruth: Bool { evidence == .answer }

  static let keys: [String: KeyDeclaration] = [
    "kind": .choice(
      SelfTeacher.Kind.self,
      "frozen at the start of the stage, live, or average: an exponential moving average"),
    "evidence": .choice(
      PolicyTeacher.Evidence.self,
      "what it looks at: allFrames, answer (a right one ends the question), sameAsStudent"),
    "rate": .real(0...1, "share of the student in the average after each update"),
    "temperature": temperatureKey,
    "control": .flag("whether it may see no more than the student, so that nothing can be learnt"),
  ]
}

/// The temperature of a teacher that has one of its own.
let temperatureKey = KeyDeclaration.real(.above(0, to: 1000), "the teacher's own temperature")

struct BesideTeacherParameters: PluginParameters {
  var evidence = PolicyTeacher.Evidence.allFrames
  var temperature = 1.0

  var readsTruth: Bool { evidence == .answer }

  static let keys: [String: KeyDeclaration] = [
    "evidence": .choice(
      PolicyTeacher.Evidence.self, "what it looks at: allFrames, sameAsStudent or answer"),
    "temperature": temperatureKey,
  ]
}

extension Laboratory {
  mutating func registerModels() throws {
    try teachers.register(
      "model", summary: "the student of a finished run, perhaps with a larger decoder",
      parameters: ModelTeacherParameters.self
    ) { parameters, context in
      let run = try RunReference.folder(parameters.run)
      let trained = try await TrainedStudent(run, in: context.laboratory)
      try context.dataset.requireUnseen(trained.prompts, by: "The teacher of '\(run)'")
      let teacher = PolicyTeacher(
        try await trained.student.snapshot(), codec: context.codec, evidence: parameters.evidence,
        temperature: parameters.temperature)
      return TeacherChoice(
        teacher, predictor: teacher, identity: trained.identity, training: trained.flops)
    }
    try registerOwn()
    try registerCombinations()
  }

  /// Teachers that are made of the student, or are beside it.
  private mutating func registerOwn() throws {
    try teachers.register(
      "self", summary: "the student itself with more evidence: frozen, live or averaged",
      parameters: SelfTeacherParameters.self
    ) { parameters, context in
      let teacher = SelfTeacher(
        parameters.kind, evidence: parameters.evidence, rate: parameters.rate,
        temperature: parameters.temperature, codec: context.codec)
      return TeacherChoice(selfTeacher: teacher, identity: "self")
    }
    try teachers.register(
      "beside", summary: "the model that the student's program holds, 'process.teacher'",
      parameters: BesideTeacherParameters.self
    ) { parameters, context in
      let teacher = SelfTeacher(
        nil, evidence: parameters.evidence, temperature: parameters.temperature,
        codec: context.codec)
      return TeacherChoice(selfTeacher: teacher, identity: "beside")
    }
  }

  private mutating func registerCombinations() throws {
    try teachers.register(
      "mixture", summary: "the weighted mean of several teachers' probabilities",
      parameters: MixtureTeacherParameters.self
    ) { parameters, context in
      let members = try await context.members(
        parameters.teachers.enumerated().map { ($1, "teacher.mixture.teachers[\($0)]") })
      let weights = parameters.weights.isEmpty ? members.map { _ in 1 } : parameters.weights
      guard weights.count == members.count else {
        throw LaboratoryError.mandatory(
          key: "weights", why: "\(members.count) teachers need as many, not \(weights.count)")
      }
      let mixture = try MixtureTeacher(
        Array(zip(members.map(\.scorer), weights)).map { (teacher: $0.0, weight: $0.1) })
      return TeacherChoice(mixture, of: members)
    }
    try teachers.register(
      "routed", summary: "a teacher by what a prompt is about",
      parameters: RoutedTeacherParameters.self
    ) { parameters, context in
      let members = try await context.members(
        parameters.routes.enumerated().map {
          ($1.teacher, "teacher.routed.routes[\($0)].teacher")
        })
      let conditions = parameters.routes.map { $0.condition(context.seed) }
      let routed = try RoutedTeacher(
        zip(conditions, members).map { (condition: $0.0, teacher: $0.1.scorer) })
      return TeacherChoice(routed, of: members)
    }
    try teachers.register(
      "treated", summary: "another teacher made flatter, noisier, or one of other prompts",
      parameters: TreatedTeacherParameters.self
    ) { parameters, context in
      let member = try await context.laboratory.teachers.connect(
        parameters.teacher, at: "teacher.treated.teacher", in: context)
      let scorer = try member.scorer.treated(
        temperature: parameters.temperature, noise: parameters.noise,
        shuffled: parameters.shuffled, context)
      return TeacherChoice(scorer, of: [member])
    }
    try teachers.register(
      "cached", summary: "another teacher with a memory on disk, by content",
      parameters: CachedTeacherParameters.self
    ) { parameters, context in
      let member = try await context.laboratory.teachers.connect(
        parameters.teacher, at: "teacher.cached.teacher", in: context)
      guard !member.identity.isEmpty else {
        throw LaboratoryError.mandatory(
          key: "identity", why: "the teacher to remember does not say what its scores depend on")
      }
      // Everything that shapes the scores is part of the key: what the teacher knows, and how it was asked for.
      let cached = try CachedTeacher(
        member.scorer, identity: ContentHash.of([member.identity, parameters.teacher.text]),
        folder: URL(filePath: parameters.folder))
      var choice = TeacherChoice(cached, of: [member])
      choice.predictor = member.predictor
      if let costs = member.costs {
        choice.costs = {
          var sum = costs()
          sum.remembered += cached.remembered
          return sum
        }
      }
      return choice
    }
  }
}

extension TeacherChoice {
  /// A teacher made of others: it knows what they know, and the first that answers prompts answers for it.
  fileprivate init(_ scorer: any TeacherScorer, of members: [TeacherChoice]) {
    self.init(
      scorer, predictor: members.compactMap(\.predictor).first,
      identity: members.contains(where: \.identity.isEmpty)
        ? "" : ContentHash.of(members.map(\.identity)),
      training: members.reduce(0) { $0 + $1.training },
      isPlanted: members.first { $0.predictor != nil }?.isPlanted)
    let costs = members.compactMap(\.costs)
    if !costs.isEmpty { self.costs = { costs.reduce(ServiceCosts()) { $0 + $1() } } }
  }
}

extension RunContext {
  /// The teachers that a combination is made of.
  fileprivate func members(
    _ choices: [(ConfigurationValue, String)]
  ) async throws -> [TeacherChoice] {
    var members: [TeacherChoice] = []
    for (value, path) in choices {
      members.append(try await laboratory.teachers.connect(value, at: path, in: self))
    }
    return members
  }
}
