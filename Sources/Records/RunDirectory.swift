package import Foundation
package import Core
internal import Storage

/// What a run leaves behind, and what it needs to go on.
package struct RunDirectory: Sendable {
  /// How far a run is.
  package enum State: String, Sendable, Codable {
    /// Nobody has begun.
    case pending
    /// Somebody is at work, or was killed.
    case running
    /// Finished; written last.
    case done
    /// Ended by an error.
    case failed
    /// Ended by the user.
    case interrupted
  }

  /// The content of `status.json`.
  package struct Status: Sendable, Codable {
    /// How far the run is.
    package var state: State
    /// A digest of configuration, data, teacher and program.
    package var identity: String
    /// The program's version.
    package var program: String
    /// What is asked, and by which numbers runs are compared.
    package var task: TaskRecord?
    /// What went wrong.
    package var message: String?

    /// A status.
    package init(
      state: State, identity: String, program: String, task: TaskRecord? = nil,
      message: String? = nil
    ) {
      self.state = state
      self.identity = identity
      self.program = program
      self.task = task
      self.message = message
    }
  }

  /// What a run says of its task, for those who read it.
  package struct TaskRecord: Sendable, Codable {
    /// What people call the task.
    package var name: String
    /// The metric that decides.
    package var headline: String
    /// The metrics that tables show beside it, joined by spaces.
    package var columns: String

    /// The record of a task.
    package init(_ task: any AnswerTask) {
      name = task.name
      headline = task.headline.rawValue
      columns = task.columns.map(\.rawValue).joined(separator: " ")
    }
  }

  /// The folder.
  package let path: String

  /// The run in a folder, there or not.
  package init(_ path: String) { self.path = path }

  /// The path of a file of the run.
  package func file(_ name: String) -> String { path + "/" + name }

  /// The saved status, or `nil` where there is none that can be read.
  package var status: Status? {
    FileManager.default.contents(atPath: file("status.json")).flatMap {
      try? JSONDecoder().decode(Status.self, from: $0)
    }
  }

  /// Makes the folder.
  package func create() throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
  }

  /// Writes the status, whole or not at all.
  package func write(_ status: Status) throws { try write(json: status, to: "status.json") }

  /// Writes a value as JSON, whole or not at all.
  package func write(json value: some Encodable, to name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try write(text: String(decoding: try encoder.encode(value), as: UTF8.self) + "\n", to: name)
  }

  /// Writes a text, whole or not at all.
  package func write(text: String, to name: String) throws {
    try AtomicFile.replace(file(name)) { temporary in
      try Data(text.utf8).write(to: URL(fileURLWithPath: temporary))
    }
  }

  /// Appends lines to a log.
  package func append(_ lines: [String], to name: String) throws {
    guard !lines.isEmpty else { return }
    try append(bytes: Data((lines.joined(separator: "\n") + "\n").utf8), to: name)
  }

  /// Appends bytes to a log.
  package func append(bytes: some DataProtocol, to name: String) throws {
    let target = file(name)
    if !FileManager.default.fileExists(atPath: target) {
      guard FileManager.default.createFile(atPath: target, contents: nil) else {
        throw RunError.cannotWrite(target)
      }
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: target))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: bytes)
  }

  /// Keeps the first `bytes` of a log: what was written after the checkpoint a run goes on from did not happen.
  package func truncate(_ name: String, to bytes: Int) throws {
    guard let size = size(name), size > bytes else { return }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file(name)))
    defer { try? handle.close() }
    try handle.truncate(atOffset: UInt64(bytes))
  }

  /// The length of a file, or `nil` where it is not there.
  package func size(_ name: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file(name))
    return (attributes?[.size] as? NSNumber)?.intValue
  }
}

/// Why a run cannot be carried out.
package enum RunError: ExplainedError, Hashable {
  /// A file cannot be written.
  case cannotWrite(String)
  /// The folder holds another run.
  case otherRun(path: String)
  /// The folder holds a run that has begun.
  case alreadyThere(path: String)
  /// The data of a stage cannot be read by the student of the run.
  case otherShape(path: String, what: String)
  /// Something was trained on videos that the run reports on: how many, and the first of their names.
  case seen(by: String, count: Int, first: [String])
  /// The folder holds no run.
  case noRun(path: String)
  /// A checkpoint does not fit the run.
  case checkpoint(path: String, reason: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .cannotWrite(let path): "'\(path)' cannot be written."
    case .otherRun(let path):
      "'\(path)' holds a run of another configuration, data set, teacher or program."
    case .alreadyThere(let path): "'\(path)' holds a run that has begun."
    case .otherShape(let path, let what):
      "The data of '\(path)' has \(what), which the student of this run cannot read."
    case .seen(let who, let count, let first):
      "\(who) has training prompts on \(count) of the videos that this run reports on: "
        + "\(first.joined(separator: ", "))\(count > first.count ? " …" : "")."
    case .noRun(let path): "There is no run in '\(path)'."
    case .checkpoint(let path, let reason): "The checkpoint '\(path)' cannot be used: \(reason)."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .cannotWrite: "Check the folder's rights and the space left on the disk."
    case .otherRun: "Choose another folder with --out."
    case .alreadyThere: "Go on with --resume, or choose another folder with --out."
    case .noRun:
      "Name a folder with a config.yaml and a status.json, as `opd train --out` leaves it."
    case .seen: "Report on other videos, or take these out of what is trained on."
    case .otherShape: "Give the stage data of the same kind as the run's, no longer than that."
    case .checkpoint: "Repeat the run in another folder; the logs here are intact."
    }
  }
}
