package import Core
internal import Foundation
internal import Plugins
internal import Programs

/// How to run and how long to wait for a plug-in that is a program of its own.
package struct ProcessParameters: PluginParameters, Hashable {
  /// The program and its arguments; a name without a slash is looked up in `PATH`.
  package var command: [String] = []

  /// The folder in which the program runs; `nil` is the current one.
  package var folder: String?

  /// How long it may take to say hello, in seconds: time to load a model.
  package var startSeconds = 120.0

  /// How long it may be silent while an answer is due, in seconds.
  package var answerSeconds = 60.0

  /// How often a request is tried, a fresh program each time, before the run stops; at least 1.
  package var attempts = 4

  /// The pause before the first restart, in seconds; it doubles each time.
  package var backoffSeconds = 0.25

  /// Prompts a request; larger batches cost less, smaller ones lose less when a program dies.
  package var batch = 32

  /// Requests on their way at a time, so that the program never waits for the next.
  package var inFlight = 2

  /// Where the videos are and how large pictures of them, for a program that asks for files or pixels.
  package var pictures = PictureSettings()

  /// The defaults, without a command.
  package init() {}

  /// The defaults for a command.
  package init(command: [String]) { self.command = command }

  /// The words of the command that are files: the program itself, and scripts it is given; and the videos.
  package var files: [String] {
    let base = folder.map { $0 + "/" } ?? ""
    return command.map { $0.hasPrefix("/") ? $0 : base + $0 }
      .filter { FileManager.default.fileExists(atPath: $0) } + pictures.files
  }

  /// One line on each parameter.
  package static let keys: [String: KeyDeclaration] = [
    "command": .list(of: .text, "program and arguments; mandatory"),
    "folder": .text("working folder; the current one where it is not given"),
    "startSeconds": .real(.above(0, to: 86_400), "how long it may take to say hello", unit: "s"),
    "answerSeconds": .real(
      .above(0, to: 86_400), "how long it may be silent while an answer is due", unit: "s"),
    "attempts": .integer(1...1000, "times a request is tried, each with a fresh program"),
    "backoffSeconds": .real(
      0...3600, "time before the first restart, doubled each time", unit: "s"),
    "batch": .integer(1...1_000_000, "prompts a request", unit: "prompts"),
    "inFlight": .integer(1...1024, "requests on their way at a time", unit: "requests"),
    "pictures": .structure(
      PictureSettings.self,
      "where the videos are and how large pictures of them, for a program that asks for files or pixels"
    ),
  ]

  /// Throws if a parameter is out of range.
  ///
  /// - Throws: `TeacherError.parameter`.
  package func validate() throws {
    try check("command", Double(command.count), "a program and its arguments") { $0 >= 1 }
    try check("startSeconds", startSeconds, "above 0 and at most a day") { $0 > 0 && $0 <= 86_400 }
    try check("answerSeconds", answerSeconds, "above 0 and at most a day") {
      $0 > 0 && $0 <= 86_400
    }
    try check("attempts", Double(attempts), "1 to 1000") { (1...1000).contains($0) }
    try check("backoffSeconds", backoffSeconds, "0 to 3600") { (0...3600).contains($0) }
    try check("batch", Double(batch), "1 to 1000000") { (1...1e6).contains($0) }
    try check("inFlight", Double(inFlight), "1 to 1024") { (1...1024).contains($0) }
  }
}

extension ProcessParameters {
  /// The program as errors name it.
  package var program: String { command.joined(separator: " ") }

  /// Starts the program.
  ///
  /// - Parameter log: Receives each line of its error output.
  /// - Returns: The program, which has begun.
  /// - Throws: `ProcessError.cannotStart`.
  func start(log: @escaping @Sendable (String) -> Void) async throws -> LineProgram {
    do {
      let child = try ChildProgram(
        command.first ?? "", Array(command.dropFirst()), folder: folder)
      return try await LineProgram.start(child, log: log)
    } catch let error as ProgramError {
      throw ProcessError.cannotStart(program: program, reason: error.reason)
    }
  }
}
