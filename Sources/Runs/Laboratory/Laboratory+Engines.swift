#if Engines
internal import Core
public import Engines
internal import Foundation
internal import Plugins
internal import Student
internal import Tasks
internal import Teacher
internal import Tokenizers
internal import Video

extension TinkerParameters: PluginParameters {
  /// The model's tokenizer, and the videos that it is shown.
  package var files: [String] { (text.file.map { [$0] } ?? []) + pictures.files }
}

extension ProcessStudentParameters: PluginParameters {
  /// The words of the command that are files: the program itself, and scripts it is given; the model's tokenizer; and the videos.
  package var files: [String] {
    process.files + (text.file.map { [$0] } ?? []) + pictures.files
  }
}

extension Laboratory {
  /// Students whose weights are elsewhere.
  mutating func registerEngines() throws {
    try registerServers()
    try registerPrograms()
  }

  private mutating func registerServers() throws {
    let summary = "a model on a Tinker-compatible training server, measured on connecting"
    try tokenizers.register("tinker", summary: summary, parameters: TinkerParameters.self) {
      parameters, _ in try parameters.text.tokenizerThatEnds()
    }
    try students.register("tinker", summary: summary, parameters: TinkerParameters.self) {
      parameters, context in
      guard !parameters.base.isEmpty else {
        throw LaboratoryError.mandatory(key: "base", why: "the server may have several models")
      }
      return try await RemoteLearner.tinker(
        parameters, tokenizer: context.codec.tokenizer, answer: context.codec.maximumLength,
        videos: parameters.pictures.videos(), log: context.log)
    }
  }

  private mutating func registerPrograms() throws {
    let summary = "a program of your own that has the weights, spoken to in JSON lines"
    try tokenizers.register("process", summary: summary, parameters: ProcessStudentParameters.self)
    { parameters, _ in try parameters.text.tokenizerThatEnds() }
    try students.register("process", summary: summary, parameters: ProcessStudentParameters.self) {
      parameters, context in
      guard !parameters.command.isEmpty else {
        throw LaboratoryError.mandatory(
          key: "command", why: "it says which program to run, such as [python3, my_student.py]")
      }
      return try await RemoteLearner.process(
        parameters, tokenizer: context.codec.tokenizer, answer: context.codec.maximumLength,
        channels: context.dataset.channels, videos: parameters.pictures.videos(),
        log: context.log)
    }
  }
}

extension TextSettings {
  /// The model's tokenizer; `nil` where the words of the codec are read and written.
  ///
  /// - Throws: `LaboratoryError.noEnd` for one with which no answer ends.
  fileprivate func tokenizerThatEnds() throws -> (any Tokenizer)? {
    guard let own = try read() else { return nil }
    guard !own.ends.isEmpty else { throw LaboratoryError.noEnd(path: tokenizer ?? "") }
    return own
  }
}
#endif
