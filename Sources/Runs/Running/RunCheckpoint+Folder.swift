internal import Core
internal import Foundation
internal import Records
internal import Storage
internal import Student

extension RunCheckpoint {
  /// The last saved state, or `nil` where there is none.
  ///
  /// - Throws: `RunError.checkpoint`; an earlier state would be another student.
  static func latest(_ directory: RunDirectory) throws -> RunCheckpoint? {
    try paths(directory).first.map { try RunCheckpoint(reading: $0) }
  }

  /// The last state from which a run can go on, or `nil` where nothing was saved; later ones, which are damaged or count
  /// on lines of logs that are not there, are deleted.
  ///
  /// - Parameters:
  ///   - directory: The run.
  ///   - note: Told why a state was passed over.
  /// - Returns: The state.
  /// - Throws: `RunError.checkpoint` where there are states and none can be used.
  static func resumable(
    _ directory: RunDirectory, note: (String) -> Void
  ) throws -> RunCheckpoint? {
    var refused: [RunError] = []
    let paths = try paths(directory)
    for path in paths {
      do {
        let saved = try RunCheckpoint(reading: path)
        try saved.checkLogs(directory, path)
        for error in refused { note("\(error.happened) Going on from the one before.") }
        for other in paths.prefix(refused.count) { remove(other) }
        return saved
      } catch let error as RunError {
        refused.append(error)
      }
    }
    if let first = refused.first { throw first }
    return nil
  }

  /// Whose run a folder holds, by the last state that says so.
  static func identity(_ directory: RunDirectory) -> String? {
    let paths = (try? paths(directory)) ?? []
    return paths.lazy.compactMap { (try? RunCheckpoint(reading: $0))?.identity }.first
  }

  /// Deletes all but the last states, and what a kill left of one that was about to be written.
  static func keep(_ count: Int, in directory: RunDirectory) throws {
    let paths = try paths(directory)
    for path in paths.dropFirst(count) { remove(path) }
    let kept = Set(paths.prefix(count).map { $0.dropLast(suffix.count) + timingSuffix })
    let folder = directory.file("checkpoints")
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasSuffix(timingSuffix) && !kept.contains("\(folder)/\(name)") {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  /// Puts a student where a run left it; `nil` where nothing was saved.
  ///
  /// - Throws: `RunError.noRun` where there is no run, `.checkpoint` where the state cannot be read, `.misfit` where the
  ///   saved weights do not fit.
  static func restore(
    _ student: inout any Learner, from directory: RunDirectory
  ) async throws -> RunCheckpoint? {
    guard directory.status != nil else { throw RunError.noRun(path: directory.path) }
    guard let saved = try latest(directory) else { return nil }
    do {
      try await student.restore(saved.learner.weights)
    } catch LearnerError.misfit(let holds, let needs) {
      throw RunError.misfit(path: directory.path, holds: holds, needs: needs)
    }
    return saved
  }

  /// Refuses a state that counts on lines that are not there, as after a power cut.
  private func checkLogs(_ directory: RunDirectory, _ path: String) throws {
    guard hasTiming else {
      throw RunError.checkpoint(path: path, reason: "its \(Self.timingSuffix) file is missing")
    }
    for (name, bytes) in sizes.sorted(by: { $0.key < $1.key }) {
      let size = directory.size(name) ?? 0
      guard size < bytes else { continue }
      throw RunError.checkpoint(
        path: path, reason: "it counts on \(bytes) bytes of \(name), which has \(size)")
    }
  }

  /// The files of states, the last first.
  private static func paths(_ directory: RunDirectory) throws -> [String] {
    let folder = directory.file("checkpoints")
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw RunError.checkpoint(path: folder, reason: "the folder cannot be read")
    }
    let steps = names.filter { $0.hasPrefix("step-") && $0.hasSuffix(suffix) }
      .compactMap { name in Int(name.dropFirst(5).dropLast(suffix.count)).map { ($0, name) } }
    // By number: the name of step 1,000,000 comes before that of 999,999.
    return steps.sorted { $0.0 > $1.0 }.map { "\(folder)/\($0.1)" }
  }

  private static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
    try? FileManager.default.removeItem(atPath: path.dropLast(suffix.count) + timingSuffix)
  }
}
