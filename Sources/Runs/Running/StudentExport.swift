package import Core
#if Engines
internal import Engines
#endif
internal import Networks
internal import Plugins
internal import Records
internal import Storage
internal import Student

/// A run's student on its way to other libraries.
package struct StudentExport {
  private let student: any Learner
  let beginning: PretrainedParameters?
  private let path: String

  /// The student that a run saved last.
  ///
  /// - Throws: `RunError`; what is wrong with the configuration.
  package init(_ path: String, in laboratory: Laboratory) async throws {
    let run = try await TrainedRun(path, in: laboratory)
    student = run.student
    beginning = try Self.beginning(of: run.parts.configuration.student)
    self.path = path
  }

  /// The decoder and the model from disk that it began as, with all positions that the model has, not only those the run used.
  private func decoder() throws -> (student: DecoderStudent, model: PretrainedModel) {
    guard let student = student as? DecoderStudent, let beginning else {
      throw ExportError.notPretrained(path: path)
    }
    guard student.configuration.features == 0 else { throw ExportError.connector }
    return (student, try PretrainedModel(beginning.model().path))
  }

  /// What a student began as, through every run that it was started from; `nil` where that is no model from disk.
  private static func beginning(of student: ConfigurationValue) throws -> PretrainedParameters? {
    if let run = student.map?["from"]?.map?["run"]?.string {
      let source = try ConfigurationFile.load(RunDirectory(run).file("config.yaml"))
        .locatingArms()
      return try source["student"].flatMap { try beginning(of: $0) }
    }
    return try student.map?["pretrained"]?.decoded(
      as: PretrainedParameters.self, at: "student.pretrained")
  }

  /// Writes `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// - Returns: What PEFT will load, where the adapter comes from a training server.
  /// - Throws: `ExportError.noAdapter` where the weights themselves were trained, `.notPretrained`; `StorageError`; what a
  ///   server refuses.
  package func write(adapter folder: String) async throws -> String? {
    #if Engines
    if let student = student as? RemoteLearner {
      var adapter = try await student.exported()
      adapter.nameModules()
      try adapter.write(folder: folder)
      return try adapter.loaded().text
    }
    #endif
    guard !(student is SeeingStudent) else { throw ExportError.pictures }
    guard let adapter = try decoder().student.adapter else { throw ExportError.noAdapter }
    try AtomicFile.makeFolder(folder)
    try adapter.write(folder: folder)
    return nil
  }

  /// Writes `config.json` and `model.safetensors`, and the tokenizer's files where the model's folder has them.
  ///
  /// - Throws: `StorageError`.
  /// - Complexity: Holds all weights once more, 4 bytes a number.
  package func write(merged folder: String) throws {
    if let student = student as? SeeingStudent { return try write(student, to: folder) }
    let (student, model) = try decoder()
    var weights = student.adapter == nil ? student.parameters : model.parameters()
    student.adapter?.merge(into: &weights)
    try AtomicFile.makeFolder(folder)
    try AtomicFile.write(try model.huggingFaceConfiguration(), to: folder + "/config.json")
    try SafetensorsFile(
      tensors: LlamaCheckpoint.tensors(weights, model.configuration), metadata: ["format": "pt"]
    ).write(folder + "/model.safetensors")
    for name in ["tokenizer.json", "tokenizer_config.json", "generation_config.json"] {
      guard let bytes = try? TextFile.bytes(model.path + "/" + name) else { continue }
      try AtomicFile.write(bytes, to: folder + "/" + name)
    }
  }
}

/// Why a student cannot be written for other libraries.
package enum ExportError: ExplainedError, Hashable {
  /// It did not begin as a model from disk.
  case notPretrained(path: String)
  /// Its weights themselves were trained.
  case noAdapter
  /// It reads frames through a matrix of its own.
  case connector
  /// It looks at pictures: what is trained may be a matrix as a whole.
  case pictures

  /// What happened.
  package var happened: String {
    switch self {
    case .notPretrained(let path):
      "The student of '\(path)' did not begin as a model from disk in this program."
    case .noAdapter: "The run trained all weights of its model, so there is no adapter."
    case .connector: "The run's student reads frames through a matrix that no other library has."
    case .pictures:
      "The run's student looks at pictures, and its changes are not written as an adapter."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .notPretrained:
      "Export a run whose student is `pretrained`; of a training server's student write --adapter."
    case .noAdapter, .pictures: "Write the whole model with --merged."
    case .connector: "Use it here: `opd answer`, `opd evaluate` and `opd serve` read its run."
    }
  }

  /// A matter of the command line.
  package var exitStatus: ExitStatus { .usage }
}
