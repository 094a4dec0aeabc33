internal import Core
internal import Plugins
internal import Teacher

struct MixtureTeacherParameters: PluginParameters {
  var teachers: [ConfigurationValue] = []
  var weights: [Double] = []

  var members: [String: ConfigurationValue] {
    get { .init(uniqueKeysWithValues: teachers.enumerated().map { ("teachers[\($0)]", $1) }) }
    set { for i in teachers.indices { teachers[i] = newValue["teachers[\(i)]"] ?? teachers[i] } }
  }

  static let keys: [String: KeyDeclaration] = [
    "teachers": .list(
      of: .plugin(kind: "teacher"), "teachers whose probabilities are averaged; at least one"),
    "weights": .list(of: .real(.above(0)), "a weight for each; all equal if left out"),
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

  static let keys: [String: KeyDeclaration] = [
    "routes": .list(
      of: .structure(TeacherRoute.self),
      "tried in order; the first whose conditions all hold says who is asked")
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

  static let keys: [String: KeyDeclaration] = [
    "teacher": .plugin("teacher", "who is asked; mandatory"),
    "queryContains": .text("text that the question must have in it"),
    "videos": .list(of: .text, "videos that the question may be about"),
    "prompts": .list(of: .text, "prompts by their ids"),
    "atLeast": .real(0..., "the shortest video", unit: "s"),
    "below": .real(.above(0), "the length that a video must stay below", unit: "s"),
    "share": .real(0...1, "share of the prompts, drawn by the run's seed"),
  ]
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

  static let keys: [String: KeyDeclaration] = [
    "teacher": .plugin("teacher", "the teacher to treat; mandatory"),
    "temperature": .real(.above(0, to: 1000), "what its log-probabilities are divided by"),
    "noise": .real(0...1, "share of the uniform distribution mixed in"),
    "shuffled": .flag("whether each prompt is scored as another one (a control)"),
  ]
}

struct CachedTeacherParameters: PluginParameters {
  var teacher: ConfigurationValue = .null
  var folder = "runs/teacher-cache"

  var members: [String: ConfigurationValue] {
    get { ["teacher": teacher] }
    set { teacher = newValue["teacher"] ?? teacher }
  }

  static let keys: [String: KeyDeclaration] = [
    "teacher": .plugin("teacher", "the teacher to remember; mandatory"),
    "folder": .text("where scores are kept by content; may be shared by runs and teachers"),
  ]
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
