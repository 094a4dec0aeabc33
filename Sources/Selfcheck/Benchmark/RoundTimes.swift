internal import Foundation
internal import Storage

/// Times of phases by rounds, each round in turn with one of another program.
struct RoundTimes<Phase: RawRepresentable<String> & Hashable> {
  private var ours: [Phase: [Double]] = [:]
  private var theirs: [String: [Double]] = [:]

  /// Times phases.
  ///
  /// - Parameters:
  ///   - phases: What is timed, in order.
  ///   - rounds: How often.
  ///   - rival: A program that prints a JSON line with `phase` and `ms` for each phase, run once a round by the shell.
  ///   - progress: Told of each finished round.
  ///   - time: Runs a phase, and says how many milliseconds it took.
  /// - Throws: What `time` throws, or `BenchmarkError` where the other program fails.
  init(
    _ phases: [Phase], rounds: Int, rival: String?, progress: (String) -> Void,
    time: (Phase) throws -> Double
  ) throws {
    for round in 0..<rounds {
      for phase in phases { ours[phase, default: []].append(try time(phase)) }
      if let rival {
        for (phase, time) in try RivalProgram(command: rival).times() {
          theirs[phase, default: []].append(time)
        }
      }
      progress("round \(round + 1) of \(rounds)")
    }
  }

  /// Milliseconds of each round.
  func own(_ phase: Phase) -> [Double] { ours[phase] ?? [] }

  /// Median milliseconds over rounds.
  func median(_ phase: Phase) -> Double { Selfcheck.median(own(phase)) }

  /// Median milliseconds of the other program.
  func rival(_ phase: Phase) -> Double? { theirs[phase.rawValue].map(Selfcheck.median) }

  /// The median over rounds of the other program's time divided by ours.
  func ratio(_ phase: Phase) -> Double? {
    theirs[phase.rawValue].map { Selfcheck.median(zip($0, own(phase)).map { $0 / $1 }) }
  }
}

/// The middle of some numbers, or the mean of the two in the middle.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// A program that prints a JSON line with `phase` and `ms` for each phase it timed.
struct RivalProgram {
  let command: String

  func times() throws -> [String: Double] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    let output = Pipe()
    process.standardOutput = output
    try withNoSignalBlocked { try process.run() }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError.rivalFailed(command: command, status: process.terminationStatus)
    }
    var result: [String: Double] = [:]
    for line in data.split(separator: UInt8(ascii: "\n")) {
      guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)) else { continue }
      result[entry.phase] = entry.ms
    }
    guard !result.isEmpty else { throw BenchmarkError.rivalSilent(command: command) }
    return result
  }

  private struct Entry: Decodable {
    var phase: String
    var ms: Double
  }
}
