internal import Core
internal import Tasks
internal import Plugins

struct Salads50Parameters: PluginParameters {
  var path: String?
  var fold = 1
  var windows = Salads50.Options.Windows.single
  var secondsPerStep = 1.0
  var trainLimit: Int?
  var devLimit: Int?
  var tuneShare = 0.0

  var files: [String] { path.map { [$0] } ?? [] }

  static let keys: [String: KeyDeclaration] = [
    "path": .text("the folder with salads50_svm.h5 and queries.jsonl; mandatory"),
    "fold": .integer(1...5, "the fold to report on; the others are for training"),
    "windows": .choice(
      Salads50.Options.Windows.self, "single (queries with one right window) or all"),
    "secondsPerStep": .real(0.001...86_400, "how long a time step of the files is", unit: "s"),
    "trainLimit": .integer(
      1..., "the most queries to train on; all if left out", unit: "queries"),
    "devLimit": .integer(1..., "the most queries to report on; all if left out", unit: "queries"),
    "tuneShare": tuneShareKey,
  ]
}

extension Laboratory {
  mutating func registerSalads50() throws {
    try datasets.register(
      "salads50", summary: "50 kitchen videos as published classifier scores, one row a time step",
      parameters: Salads50Parameters.self
    ) { parameters, _ in
      try Salads50.load(
        path: try folder(parameters.path),
        options: .init(
          fold: parameters.fold, windows: parameters.windows,
          secondsPerStep: parameters.secondsPerStep,
          trainLimit: parameters.trainLimit, devLimit: parameters.devLimit)
      ).keepingBack(parameters.tuneShare)
    }
  }
}
