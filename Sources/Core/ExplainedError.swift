/// An error that says what happened in one sentence and what to do in another.
///
/// Everything the outside world can cause (a missing file, a wrong key, a teacher that answers nonsense) is thrown as a
/// type that conforms to this protocol and carries facts; its sentences are made in one place and asserted by tests.
public protocol ExplainedError: Error, CustomStringConvertible {
  /// What happened: one sentence, with the names and numbers that matter.
  var happened: String { get }

  /// What to do about it: one sentence.
  var remedy: String { get }

  /// The status with which a command should end.
  var exitStatus: ExitStatus { get }
}

extension ExplainedError {
  /// Both sentences.
  public var description: String { "\(happened) \(remedy)" }

  /// Bad input data, unless a conforming type says otherwise.
  public var exitStatus: ExitStatus { .badInput }
}

/// How a command ended; scripts depend on these numbers.
public enum ExitStatus: Int32, Sendable {
  /// Everything asked for was done.
  case done = 0
  /// A run or a check failed.
  case failed = 1
  /// The input data cannot be used.
  case badInput = 2
  /// The command line or a configuration cannot be used.
  case usage = 64
  /// Ended by SIGINT, what was done is saved.
  case interrupted = 130
  /// Ended by SIGTERM, what was done is saved.
  case terminated = 143

  /// The status of what a signal ended: SIGINT is 2, and everything else counts as SIGTERM.
  public init(signal: Int32) { self = signal == 2 ? .interrupted : .terminated }
}

/// The entry of `candidates` that a misspelt `name` most likely meant.
///
/// - Parameters:
///   - name: What was written.
///   - candidates: What could have been meant.
/// - Returns: The candidate with the smallest edit distance, if that is at most a third of its length plus one.
/// - Complexity: O(*n*·*m*) a candidate.
public func nearestName(to name: String, in candidates: some Sequence<String>) -> String? {
  let scored = candidates.map { (distance: editDistance(name, $0), name: $0) }
  guard let best = scored.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else {
    return nil
  }
  return best.distance <= best.name.count / 3 + 1 ? best.name : nil
}

/// Levenshtein's distance: insertions, deletions and replacements that turn one string into the other.
func editDistance(_ first: String, _ second: String) -> Int {
  let first = Array(first)
  let second = Array(second)
  var row = Array(0...second.count)
  for (i, a) in first.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in second.enumerated() {
      let replaced = diagonal + (a == b ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[second.count]
}
