internal import Analysis
package import ArgumentParser
internal import Core
internal import Foundation
internal import Records
internal import Storage

/// `opd runs`: what runs there are, and how they stand.
package struct RunsCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract:
      "List runs, the best of them, or those that failed; stop, archive or delete those that are listed.",
    discussion: """
      Example: opd runs runs --best 5

      Folders are searched however deep runs lie. A run is lost when it says that it is running and no program has it:
        opd runs --state failed --state lost --delete
      What is archived is moved, and is listed there: `opd runs runs --state done --archive old`, `opd runs old`.
      One that is stopped finishes its step, saves, and is gone on with by the command that began it:
        opd runs runs/smoke/opd/seed-0 --stop
      """)

  @Argument(help: "Where to look.", completion: .directory)
  var folders: [String] = ["runs"]

  @Option(
    help:
      "List those in this state: pending, running, done, failed, interrupted or lost; may be given several times."
  )
  var state: [String] = []

  @Option(help: "List so many of the best by their task's metric, the best first.")
  var best: Int?

  @Option(help: "How they are listed.")
  var format: ListFormat = .text

  @Flag(help: "Delete the folders of those listed; runs that are going stay.")
  var delete = false

  @Option(
    help: "Move the folders of those listed into this one; runs that are going stay.",
    completion: .directory)
  var archive: String?

  @Flag(help: "Ask those listed that are going on this machine to save and end.")
  var stop = false

  /// What parses a command line without arguments.
  package init() {}

  /// Refuses states that no run can have, and to delete what was not chosen.
  package func validate() throws {
    try check("--best", best, 1...Int.max)
    if let unknown = state.first(where: { !RunList.states.contains($0) }) {
      throw ValidationError(
        "There is no state '\(unknown)'. Choose from \(RunList.states.joined(separator: ", ")).")
    }
    guard [stop, delete, archive != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError(
        "Runs are stopped, archived or deleted, one at a time. Wait until they have ended.")
    }
    guard archive?.isEmpty != true else {
      throw ValidationError("--archive names no folder. Write --archive old-runs.")
    }
    if stop, state.isEmpty, folders == ["runs"] {
      throw ValidationError(
        "Nothing is stopped unless a folder or --state says which runs. Add --state running.")
    }
    if archive != nil, state.isEmpty, folders == ["runs"] {
      throw ValidationError(
        "Nothing is archived unless a folder or --state says which runs. Add --state done.")
    }
    if delete, state.isEmpty {
      throw ValidationError(
        "Nothing is deleted unless --state says which runs. Add --state failed, or --state done for those that are finished."
      )
    }
  }

  /// Lists, and deletes where that is wanted.
  package func run() async throws {
    var list = try RunList(in: folders)
    list.keep(states: state)
    if let best { list.keepBest(best) }
    switch format {
    case .text: print(list.table().aligned(within: Terminal.columns(of: STDOUT_FILENO)))
    case .csv: print(list.csv(), terminator: "")
    case .json: print(try list.json())
    }
    if stop { print("Asked \(list.stop()) of \(list.entries.count) runs to save and end.") }
    if let archive {
      print("Moved \(try list.archive(in: archive)) of \(list.entries.count) runs to \(archive).")
    }
    guard delete else { return }
    let deleted = try list.delete()
    print("Deleted \(deleted) of \(list.entries.count) runs.")
  }
}
