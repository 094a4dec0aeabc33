package import Core
internal import Networks
internal import Plugins
internal import Records
internal import Storage
internal import Student

/// A run's student on its way to other libraries.
package struct StudentExport {
  private let student: DecoderStudent
  private let model: PretrainedModel

  /// The student that a run saved last.
  ///
  /// - Throws: `RunError`; `ExportError.notPretrained` for a student that did not begin as a model from disk.
  package init(_ path: String, in laboratory: Laboratory) async throws {
    let run = try await TrainedRun(path, in: laboratory)
    guard let student = run.student as? DecoderStudent,
      let parameters = try Self.beginning(of: run.parts.configuration.student)
    else { throw ExportError.notPretrained(path: path) }
    self.student = student
    // With all positions that the model has, not only those the run used.
    model = try PretrainedModel(parameters.model().path)
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
  /// - Throws: `ExportError.noAdapter` where the weights themselves were trained; `StorageError`.
  package func write(adapter folder: String) throws {
    guard let adapter = student.adapter else { throw ExportError.noAdapter }
    try refuseConnector()
    try AtomicFile.makeFolder(folder)
    try adapter.write(folder: folder)
  }

  /// Writes `config.json` and `model.safetensors`, and the tokenizer's files where the model's folder has them.
  ///
  /// - Throws: `StorageError`.
  /// - Complexity: Holds all weights once more, 4 bytes a number.
  package func write(merged folder: String) throws {
    try refuseConnector()
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

extension StudentExport {
  /// Refuses a matrix that other libraries have no place for.
  private func refuseConnector() throws {
    guard student.configuration.features == 0 else { throw ExportError.connector }
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

  /// What happened.
  package var happened: String {
    switch self {
    case .notPretrained(let path):
      "The student of '\(path)' is a decoder of this program's own, which no other library has."
    case .noAdapter: "The run trained all weights of its model, so there is no adapter."
    case .connector: "The run's student reads frames through a matrix that no other library has."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .notPretrained: "Export a run whose student is pretrained."
    case .noAdapter: "Write the whole model with --merged."
    case .connector: "Use it here: `opd answer`, `opd evaluate` and `opd serve` read its run."
    }
  }

  /// A matter of the command line.
  package var exitStatus: ExitStatus { .usage }
}
