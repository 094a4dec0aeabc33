package import Foundation
package import Records
internal import Storage

/// The runs within some folders, each on its own: where it stands, how good it is and what it cost.
package struct RunList: Sendable {
  /// One run.
  package struct Entry: Sendable, Hashable, Codable {
    /// Its folder.
    package var path: String
    /// `pending`, `running`, `done`, `failed`, `interrupted`, or `lost` where it says that it is running and nobody has it.
    package var state: String
    /// How many steps it had made when it wrote last.
    package var step: Int?
    /// The metric that its task is judged by.
    package var metric: String?
    /// What its last evaluation says of it.
    package var value: Double?
    /// Seconds of training.
    package var seconds: Double?
    /// When it wrote something last.
    package var changed: Date
    /// Why it failed, if it did.
    package var message: String?

    /// The columns for programs, in their order.
    enum CodingKeys: String, CodingKey, CaseIterable {
      case path = "run"
      case state, step, metric, value, seconds, changed, message
    }
  }

  /// The runs, in the order of their folders.
  package var entries: [Entry]

  /// Looks for runs, however deep they lie.
  ///
  /// - Throws: `ComparisonError.noSuchFolder` or `.noRuns`.
  package init(in folders: [String]) throws {
    // One that lies in two of the folders is one run.
    var seen: Set<String> = []
    entries = try folders.flatMap { folder in
      guard FileManager.default.fileExists(atPath: folder) else {
        throw ComparisonError.noSuchFolder(path: folder)
      }
      return Self.runs(in: folder).filter { seen.insert(Self.place($0)).inserted }.map(Entry.init)
    }
    guard !entries.isEmpty else {
      throw ComparisonError.noRuns(path: folders.joined(separator: "' or '"))
    }
  }

  /// The runs in one of some states.
  package mutating func keep(states: [String]) {
    if !states.isEmpty { entries.removeAll { !states.contains($0.state) } }
  }

  /// The best runs first, of each metric on its own; those without a value are left out.
  package mutating func keepBest(_ count: Int) {
    let known = entries.filter { $0.value != nil }
    let byMetric = Dictionary(grouping: known) { $0.metric ?? "" }
    entries = byMetric.sorted { $0.key < $1.key }.flatMap { name, own in
      own.sorted {
        let (first, second) = ($0.value ?? .nan, $1.value ?? .nan)
        return first == second ? $0.path < $1.path : Metric(name).isBetter(first, than: second)
      }.prefix(count)
    }
  }

  /// The table for people.
  package func table() -> TextTable {
    TextTable(
      header: ["run", "state", "step", "metric", "value", "training", "last written", "message"],
      rows: entries.map { run in
        [
          run.path, run.state, run.step.map(String.init) ?? "–",
          run.metric.map { Metric($0).title } ?? "–", run.value.map(Quantity.metric) ?? "–",
          run.seconds.map(Quantity.duration) ?? "–", run.changed.formatted(.iso8601),
          run.message ?? "",
        ]
      })
  }

  /// The runs as comma-separated values for programs, with the names and all the digits of `json`; nothing where it has nothing.
  package func csv() -> String {
    TextTable(
      header: Entry.CodingKeys.allCases.map(\.rawValue),
      rows: entries.map { run in Entry.CodingKeys.allCases.map(run.field) }
    ).csv
  }

  /// The runs as JSON, for programs.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(entries), as: UTF8.self)
  }

  /// What a run can be in a list: what its status says, or lost.
  package static let states = RunDirectory.State.allCases.map(\.rawValue) + [lost]
  static let lost = "lost"

  /// Deletes the folders of the runs that nobody has.
  ///
  /// - Returns: How many.
  /// - Throws: What the system says.
  package func delete() throws -> Int {
    // Asked again: somebody may have begun since they were listed.
    let free = entries.filter { !RunLease.isHeld($0.path) }
    for run in free { try FileManager.default.removeItem(atPath: run.path) }
    return free.count
  }

  /// Moves the folders of the runs that nobody has into another folder, under the paths that they have now.
  ///
  /// Those that lie there already stay: a folder of the runs that are listed may keep the archive.
  ///
  /// - Parameter folder: Where they are kept from now on; made where it is missing.
  /// - Returns: How many.
  /// - Throws: `StorageError.alreadyThere` before anything is moved where one of them is kept there already or two would be
  ///   kept in one place, `ComparisonError.archiveInRun`, or what the system says.
  package func archive(in folder: String) throws -> Int {
    let archive = Self.place(folder)
    if let run = entries.first(where: { Self.lies(archive, in: Self.place($0.path)) }) {
      throw ComparisonError.archiveInRun(archive: folder, run: run.path)
    }
    let moves = entries.filter {
      !RunLease.isHeld($0.path) && !Self.lies(Self.place($0.path), in: archive)
    }.map { (from: $0.path, to: ([folder] + Self.names(in: $0.path)).joined(separator: "/")) }
    var taken: Set<String> = []
    for move in moves
    where FileManager.default.fileExists(atPath: move.to) || !taken.insert(move.to).inserted {
      throw StorageError.alreadyThere(path: move.to)
    }
    for move in moves {
      try FileManager.default.createDirectory(
        at: URL(filePath: move.to).deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.moveItem(atPath: move.from, toPath: move.to)
    }
    return moves.count
  }

  /// The same for every way to write a path.
  private static func place(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }

  private static func lies(_ place: String, in folder: String) -> Bool {
    place == folder || place.hasPrefix(folder + "/")
  }

  /// The names of a path that lead downwards.
  private static func names(in path: String) -> [String] {
    path.split(separator: "/").map(String.init).filter { $0 != "." && $0 != ".." }
  }

  /// Asks the runs that this machine is at work on to save and end.
  ///
  /// - Returns: How many were asked.
  package func stop() -> Int { entries.count { RunLease.askToEnd($0.path) } }

  /// Links are not followed: one may lead back.
  private static func runs(in folder: String) -> [String] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    if names.contains("status.json") || names.contains("metrics.jsonl") { return [folder] }
    return names.map { folder + "/" + $0 }.filter {
      (try? FileManager.default.attributesOfItem(atPath: $0))?[.type] as? FileAttributeType
        == .typeDirectory
    }.flatMap { runs(in: $0) }
  }
}

extension RunList.Entry {
  /// The cell of a column.
  fileprivate func field(_ column: CodingKeys) -> String {
    switch column {
    case .path: path
    case .state: state
    case .step: step.map { "\($0)" } ?? ""
    case .metric: metric ?? ""
    case .value: value.map { "\($0)" } ?? ""
    case .seconds: seconds.map { "\($0)" } ?? ""
    case .changed: changed.formatted(.iso8601)
    case .message: message ?? ""
    }
  }

  /// What a run's folder says.
  fileprivate init(_ path: String) {
    let run = RecordedRun(path: path, arm: "", seed: 0, detail: .end)
    let last = RunFile(path + "/timing.jsonl").lastLine(holding: "step")
    let files = ["metrics.jsonl", "log.txt", "status.json"].map { path + "/" + $0 }
    let times = files.compactMap {
      (try? FileManager.default.attributesOfItem(atPath: $0))?[.modificationDate] as? Date
    }
    self.path = path
    state =
      run.state == RunDirectory.State.running.rawValue && !RunLease.isHeld(path)
      ? RunList.lost : run.state
    step = last?.whole("step")
    metric = run.headline
    value = run.headline.flatMap(run.last)
    seconds = last?.numbers["seconds"]
    changed = times.max() ?? .distantPast
    message = run.status?.texts["message"]
  }
}
