#if Engines
internal import Core
public import Engines
internal import Foundation
internal import Plugins
internal import Student
internal import Teacher

extension TinkerParameters: PluginParameters {}

extension ProcessStudentParameters: PluginParameters {
  /// The words of the command that are files: the program itself, and scripts it is given.
  package var files: [String] { process.files }
}

extension Laboratory {
  /// Students whose weights are elsewhere.
  mutating func registerEngines() throws {
    try students.register(
      "tinker", summary: "a model on a Tinker-compatible training server, measured on connecting",
      parameters: TinkerParameters.self
    ) { parameters, context in
      guard !parameters.base.isEmpty else {
        throw LaboratoryError.mandatory(key: "base", why: "the server may have several models")
      }
      return try await RemoteLearner.tinker(
        parameters, tokenizer: context.codec.tokenizer, log: context.log)
    }
    try students.register(
      "process", summary: "a program of your own that has the weights, spoken to in JSON lines",
      parameters: ProcessStudentParameters.self
    ) { parameters, context in
      guard !parameters.command.isEmpty else {
        throw LaboratoryError.mandatory(
          key: "command", why: "it says which program to run, such as [python3, my_student.py]")
      }
      return try await RemoteLearner.process(
        parameters, tokenizer: context.codec.tokenizer, log: context.log)
    }
  }
}
#endif
