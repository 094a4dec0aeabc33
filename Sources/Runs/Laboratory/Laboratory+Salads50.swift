internal import Tasks
internal import Plugins

struct Salads50Parameters: PluginParameters {
  var path = "../shared/data/salads50"
  var fold = 1
  var windows = "single"
  var secondsPerStep = 1.0
  var trainLimit: Int?
  var devLimit: Int?

  var files: [String] { [path] }

  static let documentation = [
    "path": "the folder with salads50_svm.h5 and queries.jsonl",
    "fold": "the fold to report on, 1 to 5; the others are for training",
    "windows": "single (queries with one right window) or all",
    "secondsPerStep": "how long a time step of the files is, in seconds",
    "trainLimit": "the most queries to train on; all if left out",
    "devLimit": "the most queries to report on; all if left out",
  ]
}

extension Laboratory {
  mutating func registerSalads50() throws {
    try datasets.register(
      "salads50", summary: "50 kitchen videos as published classifier scores, one row a time step",
      parameters: Salads50Parameters.self
    ) { parameters, _ in
      guard let windows = Salads50.Options.Windows(rawValue: parameters.windows) else {
        throw LaboratoryError.unknownChoice(
          key: "windows", value: parameters.windows, choices: ["single", "all"])
      }
      return try Salads50.load(
        path: parameters.path,
        options: .init(
          fold: parameters.fold, windows: windows, secondsPerStep: parameters.secondsPerStep,
          trainLimit: parameters.trainLimit, devLimit: parameters.devLimit))
    }
  }
}
