internal import Foundation
internal import Core

/// The runs of some folders, in the order of their arms and seeds.
struct RunArchive: Sendable {
  /// The folders, as they were given.
  let folders: [String]
  /// The names of the arms, in the order in which the sweep names them.
  let arms: [String]
  /// Every run.
  let runs: [RecordedRun]

  /// The runs of one arm, by seed.
  func runs(of arm: String) -> [RecordedRun] { runs.filter { $0.arm == arm } }

  /// The metric by which the runs' task is judged: what the first run that says so says.
  ///
  /// - Throws: `ComparisonError.noHeadline` where no run does.
  func headline() throws -> String {
    guard let name = runs.lazy.compactMap(\.headline).first else {
      throw ComparisonError.noHeadline
    }
    return name
  }

  /// What tables show beside the headline.
  var columns: [String] { runs.lazy.map(\.columns).first { !$0.isEmpty } ?? [] }

  /// The folder that holds all of them: the sweep, where some of its arms were given.
  var home: String {
    guard folders.count > 1, let first = folders.first else { return folders.first ?? "." }
    let parent = URL(fileURLWithPath: first).deletingLastPathComponent().relativePath
    return parent.isEmpty ? "." : parent
  }

  /// Reads the runs of a sweep, of some arms or a single run.
  ///
  /// - Parameters:
  ///   - folders: Each is the folder of a sweep (`ARM/seed-N` inside), of an arm (`seed-N` inside), of single runs or of
  ///     a run.
  ///   - detail: How much of each run is read.
  /// - Returns: The runs.
  /// - Throws: `ComparisonError.noSuchFolder`, `.noRuns` or `.sameRun`.
  /// - Complexity: Three files a run, read on every core.
  static func read(_ folders: [String], detail: RecordedRun.Detail) async throws -> RunArchive {
    let found: [Place] = try folders.flatMap { try places(in: $0) }
    try refuseTwins(found)
    let archive = RunArchive(folders: folders, arms: [], runs: [])
    let arms = ordered(found.map(\.arm), archive.home)
    let rank = Dictionary(uniqueKeysWithValues: arms.enumerated().map { ($1, $0) })
    let runs = await read(found, detail: detail)
    return RunArchive(
      folders: folders, arms: arms,
      runs: runs.sorted { (rank[$0.arm] ?? 0, $0.seed) < (rank[$1.arm] ?? 0, $1.seed) })
  }

  /// Two runs of one arm and seed from two sweeps would count as two seeds.
  private static func refuseTwins(_ places: [Place]) throws {
    var seen: [String: Place] = [:]
    for place in places {
      if let other = seen.updateValue(place, forKey: "\(place.arm)/\(place.seed)") {
        throw ComparisonError.sameRun(
          arm: place.arm, seed: place.seed, paths: [other.path, place.path])
      }
    }
  }

  private struct Place: Sendable {
    var path: String
    var arm: String
    var seed: Int
  }

  private static func read(_ places: [Place], detail: RecordedRun.Detail) async -> [RecordedRun] {
    await withTaskGroup(of: [RecordedRun].self) { group in
      // Small enough to keep every core busy to the end, large enough that starting a task costs nothing.
      let portion = 32
      for start in stride(from: 0, to: places.count, by: portion) {
        let part = places[start..<min(start + portion, places.count)]
        group.addTask {
          part.map { RecordedRun(path: $0.path, arm: $0.arm, seed: $0.seed, detail: detail) }
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
  }

  private static func places(in path: String) throws -> [Place] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw ComparisonError.noSuchFolder(path: path)
    }
    let found = places(in: path, names)
    guard !found.isEmpty else { throw ComparisonError.noRuns(path: path) }
    return found
  }

  private static func places(in path: String, _ names: [String]) -> [Place] {
    if isRun(names) {
      let url = URL(fileURLWithPath: path).standardizedFileURL
      guard let seed = seed(url.lastPathComponent) else {
        return [Place(path: path, arm: url.lastPathComponent, seed: 0)]
      }
      let arm = url.deletingLastPathComponent().lastPathComponent
      return [Place(path: path, arm: arm, seed: seed)]
    }
    if names.contains(where: { seed($0) != nil }) {
      let arm = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
      return seeds(of: arm, in: path, names)
    }
    return names.flatMap { arm in
      let folder = path + "/" + arm
      let inside = entries(folder)
      // Single runs side by side: each is an arm of its own.
      guard !isRun(inside) else { return [Place(path: folder, arm: arm, seed: 0)] }
      return seeds(of: arm, in: folder, inside)
    }
  }

  private static func isRun(_ names: [String]) -> Bool {
    names.contains("metrics.jsonl") || names.contains("status.json")
  }

  private static func seeds(of arm: String, in folder: String, _ names: [String]) -> [Place] {
    names.compactMap { name in
      seed(name).map { Place(path: folder + "/" + name, arm: arm, seed: $0) }
    }
  }

  private static func seed(_ name: String) -> Int? {
    name.hasPrefix("seed-") ? Int(name.dropFirst("seed-".count)) : nil
  }

  private static func entries(_ path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }

  /// Arms in the order in which the frozen sweep first mentions them; those it does not, by name at the end.
  private static func ordered(_ arms: [String], _ path: String) -> [String] {
    let texts = ["plan.json", "sweep.yaml"].compactMap {
      try? String(contentsOfFile: path + "/" + $0, encoding: .utf8)
    }
    let words = texts.joined(separator: "\n")
      .split { !($0.isLetter || $0.isNumber || "-_.=+@".contains($0)) }
    var places: [String: Int] = [:]
    for (place, word) in words.enumerated() where places[String(word)] == nil {
      places[String(word)] = place
    }
    return Set(arms).sorted { (places[$0] ?? .max, $0) < (places[$1] ?? .max, $1) }
  }
}
