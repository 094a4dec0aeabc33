package import Foundation
package import Core
internal import Storage

/// What a run leaves behind, and what it needs to go on.
package struct RunDirectory: Sendable {
  /// Where a run lies within its sweep's folder.
  package static func place(arm: String, seed: Int) -> String { "\(arm)/seed-\(seed)" }

  /// How far a run is.
  package enum State: String, Sendable, Codable, CaseIterable {
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
    /// The builds of the program that worked on the run, in order; absent in runs of its first days.
    package var builds: [String]?
    /// What is asked, and by which numbers runs are compared.
    package var task: TaskRecord?
    /// What the run's stages make of right answers, in the words of `LabelUse`; absent in runs of its first days.
    package var labels: String?
    /// What went wrong.
    package var message: String?

    /// A status.
    package init(
      state: State, identity: String, program: String, builds: [String]? = nil,
      task: TaskRecord? = nil, labels: String? = nil, message: String? = nil
    ) {
      self.state = state
      self.identity = identity
      self.program = program
      self.builds = builds
      self.task = task
      self.labels = labels
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

  /// Whether there is anything a run writes while it goes on, be its status lost.
  package var hasBegun: Bool {
    let saved = try? FileManager.default.contentsOfDirectory(atPath: file("checkpoints"))
    return size("metrics.jsonl") != nil || !(saved ?? []).isEmpty
  }

  /// Makes the folder.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func create() throws { try AtomicFile.makeFolder(path) }

  /// Writes the status, whole or not at all.
  package func write(_ status: Status) throws { try write(json: status, to: "status.json") }

  /// Writes a value as JSON, whole or not at all.
  package func write(json value: some Encodable, to name: String) throws {
    try write(text: JSONLines.line(value) + "\n", to: name)
  }

  /// Writes a text, whole or not at all.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(text: String, to name: String) throws {
    try AtomicFile.write(text, to: file(name))
  }

  /// Appends lines to a log.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func append(_ lines: [String], to name: String) throws {
    guard !lines.isEmpty else { return }
    try append(bytes: Data((lines.joined(separator: "\n") + "\n").utf8), to: name)
  }

  /// Appends bytes to a log.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func append(bytes: some DataProtocol, to name: String) throws {
    let handle = try AppendedFile.open(file(name))
    defer { try? handle.close() }
    do {
      try handle.write(contentsOf: bytes)
    } catch {
      throw StorageError.unwritable(path: file(name), because: error)
    }
  }

  /// Keeps the first `bytes` of a log: what was written after the checkpoint a run goes on from did not happen.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func truncate(_ name: String, to bytes: Int) throws {
    guard let size = size(name), size > bytes else { return }
    try AppendedFile.truncate(file(name), to: bytes)
  }

  /// Waits until logs are on the disk, those that are there.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func flush(_ names: [String]) throws {
    for name in names where size(name) != nil { try AtomicFile.flush(file(name)) }
  }

  /// Removes what killed writers left half written; to be called by who holds the run.
  package func removeLeftovers() {
    for folder in [path, file("checkpoints"), file("measurements")] {
      AtomicFile.removeLeftovers(in: folder)
    }
  }

  /// The length of a file, or `nil` where it is not there.
  package func size(_ name: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file(name))
    return (attributes?[.size] as? NSNumber)?.intValue
  }
}
