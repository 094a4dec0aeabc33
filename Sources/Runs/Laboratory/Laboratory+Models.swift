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
  var evidence = PolicyTeacher.Evidence.allFrames
  var temperature = 1.0

  var files: [String] { run.map { [$0 + "/config.yaml", $0 + "/checkpoints"] } ?? [] }

  static let documentation = [
    "run": "the folder of a finished run, whose student is the teacher; mandatory",
    "evidence": "what it looks at: allFrames, sameAsStudent or answer",
    "temperature": "the teacher's own temperature",
  ]
}

struct SelfTeacherParameters: PluginParameters {
  var kind = SelfTeacher.Kind.frozen
  var evidence = PolicyTeacher.Evidence.allFrames
  var rate = 0.05
  var temperature = 1.0
  var control = false

  static let documentation = [
    "kind": "frozen at the start of the stage, live, or average: an exponential moving average",
    "evidence":
      "what it looks at: allFrames, answer (a right one ends the question), sameAsStudent",
    "rate": "share of the student in the average after each update, 0 to 1",
    "temperature": "the teacher's own temperature",
    "control": "whether it may see no more than the student, so that nothing can be learnt",
  ]
}

struct MixtureTeacherParameters: PluginParameters {
  var teachers: [ConfigurationValue] = []
  var weights: [Double] = []

  var members: [String: ConfigurationValue] {
    get { .init(uniqueKeysWithValues: teachers.enumerated().map { ("teachers[\($0)]", $1) }) }
    set { for i in teachers.indices { teachers[i] = newValue["teachers[\(i)]"] ?? teachers[i] } }
  }

  static let documentation = [
    "teachers": "teachers whose probabilities are averaged; at least one",
    "weights": "a weight above 0 for each; all equal if left out",
  ]
}

struct RoutedTeacherParameters: PluginParameters {
  var routes: [TeacherRoute] = []

  var members: [String: ConfigurationValue] {
    get {
      .init(uniqueKeysWithValues: routes.enumerated().map { ("routes[\($0)].teacher", $1.teacher) })
    }
    set {
      for i in routes.indices {
        routes[i].teacher = newValue["routes[\(i)].teacher"] ?? routes[i].teacher
      }
    }
  }

  static let documentation = [
    "routes": """
    tried in order: {teacher: …} with conditions that must all hold, of queryContains, videos, prompts, \
    atLeast and below (seconds of video), share (0 to 1 of the prompts)
    """
  ]
}

/// One route: conditions that must all hold, and who is asked then.
struct TeacherRoute: DefaultedConfiguration {
  var teacher: ConfigurationValue = .null
  var queryContains: String?
  var videos: [String]?
  var prompts: [String]?
  var atLeast: Double?
  var below: Double?
  var share: Double?
}

struct TreatedTeacherParameters: PluginParameters {
  var teacher: ConfigurationValue = .null
  var temperature = 1.0
  var noise = 0.0
  var shuffled = false

  var members: [String: ConfigurationValue] {
    get { ["teacher": teacher] }
    set { teacher = newValue["teacher"] ?? teacher }
  }

  static let documentation = [
    "teacher": "the teacher to treat; mandatory",
    "temperature": "what its log-probabilities are divided by, above 0",
    "noise": "share of the uniform distribution mixed in, 0 to 1",
    "shuffled": "whether each prompt is scored as another one (a control)",
  ]
}

struct CachedTeacherParameters: PluginParameters {
  var teacher: ConfigurationValue = .null
  var folder = "runs/teacher-cache"

  var members: [String: ConfigurationValue] {
    get { ["teacher": teacher] }
    set { teacher = newValue["teacher"] ?? teacher }
  }

  static let documentation = [
    "teacher": "the teacher to remember; mandatory",
    "folder": "where scores are kept by content; may be shared by runs and teachers",
  ]
}

extension Laboratory {
  mutating func registerModels() throws {
    try teachers.register(
      "model", summary: "the student of a finished run, perhaps with a larger decoder",
      parameters: ModelTeacherParameters.self
    ) { parameters, context in
      guard let run = parameters.run else {
        throw LaboratoryError.mandatory(key: "run", why: "the teacher is the student of that run")
      }
      let trained = try await TrainedStudent(run, in: context.laboratory)
      let teacher = PolicyTeacher(
        try await trained.student.snapshot(), codec: context.codec, evidence: parameters.evidence,
        temperature: parameters.temperature)
      return TeacherChoice(
        teacher, predictor: teacher, identity: trained.identity, training: trained.flops)
    }
    try teachers.register(
      "self", summary: "the student itself with more evidence: frozen, live or averaged",
      parameters: SelfTeacherParameters.self
    ) { parameters, context in
      let teacher = SelfTeacher(
        parameters.kind, evidence: parameters.evidence, rate: parameters.rate,
        temperature: parameters.temperature, codec: context.codec)
      return TeacherChoice(selfTeacher: teacher, identity: "self")
    }
    try registerCombinations()
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

extension TeacherRoute {
  /// The conditions as one.
  func condition(_ seed: Seed) -> RouteCondition {
    var all: [RouteCondition] = []
    if let queryContains { all.append(.queryContains(queryContains)) }
    if let videos { all.append(.videos(Set(videos))) }
    if let prompts { all.append(.prompts(Set(prompts))) }
    if atLeast != nil || below != nil {
      all.append(.duration(atLeast: atLeast ?? 0, below: below ?? .infinity))
    }
    if let share { all.append(.share(share, seed: seed.derived("routes"))) }
    return all.count == 1 ? all[0] : .all(all)
  }
}
