internal import Analysis
internal import Records
internal import Foundation
internal import Tasks
internal import Plugins
package import Core
internal import Storage

/// Whether a finished run, carried out once more from its folder, leaves the same bytes.
package struct Reproduction: Sendable, Hashable {
  /// The first place at which a file differs.
  package struct Difference: Sendable, Hashable {
    /// The file, within the run's folder.
    package var file: String
    /// Where and how: "line 12 (step 11): 'loss' was 0.53 and is 0.54 now".
    package var place: String
  }

  /// The folder of the run.
  package let run: String
  /// The files that were compared.
  package let files: [String]
  /// Steps of the run.
  package let steps: Int
  /// The first place of each file that differs; empty where the run repeated.
  package let differences: [Difference]
  /// Whether data, teacher or program are others than those of the run.
  package let isOtherRun: Bool

  /// The result in a sentence.
  package var sentence: String {
    guard let first = differences.first else {
      return "Repeated: '\(run)' left the same bytes again in \(files.count) files "
        + "(\(steps) steps)."
    }
    let others =
      differences.count > 1
      ? ", as does \(differences.dropFirst().map(\.file).joined(separator: ", "))" : ""
    return "Not repeated: \(first.file) of '\(run)' differs in \(first.place)\(others)."
  }

  /// The logs and results that a run always leaves alike.
  static let names = RunCheckpoint.repeatable + ["evaluation.jsonl"] + later

  /// What runs did not leave from the beginning on: a run of an earlier program is not the worse for lacking it.
  static let later = [MetricEvents.name, KeyframeLines.name, StudentOutline.file]
}

extension RunExecutor {
  /// Carries a finished run out again in another folder, and compares what both left byte by byte.
  ///
  /// What curricula measured is measured anew, even if the run shared a folder of measurements.
  ///
  /// - Parameters:
  ///   - path: The folder of the run; nothing in it is changed.
  ///   - folder: Where it is carried out again; there must be no run.
  /// - Returns: Whether it repeated, and where not.
  /// - Throws: `ReproductionError.unfinished`, `RunError.noRun`, or what carrying it out throws.
  package func repetition(of path: String, in folder: String) async throws -> Reproduction {
    let recorded = RunDirectory(path)
    guard let status = recorded.status else { throw RunError.noRun(path: path) }
    guard status.state == .done else {
      throw ReproductionError.unfinished(path: path, state: status.state.rawValue)
    }
    var value = try ConfigurationFile.load(recorded.file("config.yaml"), overrides: [])
    value["cache"] = nil
    let repeated = RunDirectory(folder)
    _ = try await run(value, in: folder, resume: false)
    let names = Reproduction.names + checkpoints(recorded, repeated)
    let present = names.filter {
      recorded.size($0) != nil || (repeated.size($0) != nil && !Reproduction.later.contains($0))
    }
    return Reproduction(
      run: path, files: present,
      steps: Int(exactly: RunFile(repeated.file("metrics.jsonl")).lastStep ?? 0) ?? 0,
      differences: present.compactMap { FileComparison($0, recorded, repeated).difference },
      isOtherRun: repeated.status?.identity != status.identity
        || !(status.builds ?? [Program.build]).contains(Program.build))
  }

  /// The states that either run has saved, without what the clock said.
  private func checkpoints(_ runs: RunDirectory...) -> [String] {
    let names = runs.flatMap { run in
      (try? FileManager.default.contentsOfDirectory(atPath: run.file("checkpoints"))) ?? []
    }
    return Set(names.filter { $0.hasSuffix(".h5") }).sorted().map { "checkpoints/" + $0 }
  }
}

extension RunFile {
  /// The step of the last line.
  fileprivate var lastStep: Double? { lastLine(holding: "\"step\":")?.numbers["step"] }
}

/// One file of a run beside the same file of its repetition.
private struct FileComparison {
  let name: String
  let recorded: Data?
  let repeated: Data?

  init(_ name: String, _ recorded: RunDirectory, _ repeated: RunDirectory) {
    self.name = name
    self.recorded = FileManager.default.contents(atPath: recorded.file(name))
    self.repeated = FileManager.default.contents(atPath: repeated.file(name))
  }

  var difference: Reproduction.Difference? {
    guard recorded != repeated else { return nil }
    return Reproduction.Difference(file: name, place: place)
  }

  private var place: String {
    guard let recorded else { return "being absent from the run" }
    guard let repeated else { return "being absent from the repetition" }
    guard name.hasSuffix(".jsonl") else {
      let common = zip(recorded, repeated).prefix { $0 == $1 }.count
      return "byte \(common) (\(recorded.count) bytes recorded, \(repeated.count) now)"
    }
    let old = recorded.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let new = repeated.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let line = zip(old, new).prefix { $0 == $1 }.count
    guard line < old.count, line < new.count else {
      return "line \(line + 1), which only one of the two has"
    }
    return "line \(line + 1): " + Self.change(old[line], new[line])
  }

  /// What differs between two lines of JSON: the first field by name, or the lines themselves.
  private static func change(_ old: Data, _ new: Data) -> String {
    let before = FlatObject(Array(old)[...]).map(fields) ?? [:]
    let after = FlatObject(Array(new)[...]).map(fields) ?? [:]
    let names = Set(before.keys).union(after.keys).sorted()
    guard let name = names.first(where: { before[$0] != after[$0] }), !before.isEmpty,
      !after.isEmpty
    else {
      let common = zip(old, new).prefix { $0 == $1 }.count
      return "from byte \(common) on it was \(words(old, from: common))"
        + " and is \(words(new, from: common)) now"
    }
    return "'\(name)' was \(before[name] ?? "absent") and is \(after[name] ?? "absent") now"
  }

  private static func fields(_ object: FlatObject) -> [String: String] {
    object.texts.merging(object.numbers.mapValues { "\($0)" }) { $1 }
  }

  private static func words(_ line: Data, from start: Int) -> String {
    let rest = line.dropFirst(start)
    return rest.isEmpty
      ? "at its end" : "'\(String(decoding: rest.prefix(60), as: UTF8.self))'"
  }
}

/// Why a run is not, or cannot be, repeated.
package enum ReproductionError: ExplainedError, Hashable {
  /// The run has not ended well.
  case unfinished(path: String, state: String)
  /// The repetition left other bytes.
  case differs(Reproduction)

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .unfinished(let path, let state):
      "The run in '\(path)' is \(state), so there is nothing whole to repeat."
    case .differs(let reproduction): reproduction.sentence
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .unfinished: "Finish it first, with `opd train … --resume` or `opd sweep`."
    case .differs(let reproduction) where reproduction.isOtherRun:
      "Its identity is another now: the data, the teacher or the program changed since."
    case .differs:
      "Keep the repetition with --out to compare both; a file was changed by hand, or this processor or its libraries compute differently."
    }
  }

  /// A difference is a check that failed.
  package var exitStatus: ExitStatus {
    switch self {
    case .unfinished: .badInput
    case .differs: .failed
    }
  }
}
