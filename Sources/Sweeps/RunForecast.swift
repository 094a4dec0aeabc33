internal import Plugins
internal import Core

/// What a run will take of time and memory, predicted from a short trial of it.
package struct RunForecast: Sendable, Hashable, Codable {
  /// What time is counted as that the ledger has no account for: loading, rewards, bookkeeping, checkpoints.
  package static let other = "other"

  /// A part of the run: its beginning, or a stage.
  package struct Part: Sendable, Hashable, Codable {
    /// What people call it.
    package var name: String
    /// Steps it makes; 0 where it makes none.
    package var steps: Int
    /// Seconds by account of the ledger, and `other`.
    package var seconds: [String: Double]
    /// Tokens the student samples.
    package var rolloutTokens: Double

    /// What a part takes.
    package init(name: String, steps: Int, seconds: [String: Double], rolloutTokens: Double) {
      self.name = name
      self.steps = steps
      self.seconds = seconds
      self.rolloutTokens = rolloutTokens
    }

    /// Seconds in all.
    package var total: Double { seconds.values.sorted().reduce(0, +) }
  }

  /// The beginning of the run, then its stages.
  package var parts: [Part]
  /// The most memory the process holds, bytes.
  package var peakMemory: Int
  /// Whether a rule that nobody can foresee may end a stage earlier.
  package var mayEndEarlier: Bool
  /// What the trial took, seconds.
  package var trialSeconds: Double
  /// Processor seconds of the trial for each of its wall seconds.
  package var busyCores: Double

  /// Wall seconds of the whole run.
  package var seconds: Double { parts.reduce(0) { $0 + $1.total } }

  /// Tokens the student samples in the whole run.
  package var rolloutTokens: Double { parts.reduce(0) { $0 + $1.rolloutTokens } }

  /// What a trial found.
  package init(parts: [Part], peakMemory: Int, mayEndEarlier: Bool) {
    self.parts = parts
    self.peakMemory = peakMemory
    self.mayEndEarlier = mayEndEarlier
    trialSeconds = 0
    busyCores = 0
  }
}
