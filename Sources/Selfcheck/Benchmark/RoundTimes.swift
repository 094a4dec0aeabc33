internal import Foundation
internal import Programs

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
  ) async throws {
    for round in 0..<rounds {
      for phase in phases { ours[phase, default: []].append(try time(phase)) }
      if let rival {
        for (phase, time) in try await RivalProgram(command: rival).times() {
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

  func times() async throws -> [String: Double] {
    let said = try await ChildProgram("/bin/sh", ["-c", command]).read {
      FileHandle.standardError.write(Data("\($0)\n".utf8))
    }
    guard said.end.isSuccess else {
      throw BenchmarkError.rivalFailed(command: command, end: said.end.inWords)
    }
    var result: [String: Double] = [:]
    for line in said.bytes.split(separator: UInt8(ascii: "\n")) {
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
