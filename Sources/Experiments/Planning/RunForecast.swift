public import Plugins
internal import Core

/// What a run will take of time and memory, predicted from a short trial of it.
public struct RunForecast: Sendable, Hashable, Codable {
  /// What time is counted as that the ledger has no account for: loading, rewards, bookkeeping, checkpoints.
  public static let other = "other"

  /// A part of the run: its beginning, or a stage.
  public struct Part: Sendable, Hashable, Codable {
    /// What people call it.
    public var name: String
    /// Steps it makes; 0 where it makes none.
    public var steps: Int
    /// Seconds by account of the ledger, and `other`.
    public var seconds: [String: Double]
    /// Tokens the student samples.
    public var rolloutTokens: Double

    /// Seconds in all.
    public var total: Double { seconds.values.sorted().reduce(0, +) }
  }

  /// The beginning of the run, then its stages.
  public var parts: [Part]
  /// The most memory the process holds, bytes.
  public var peakMemory: Int
  /// Whether a rule that nobody can foresee may end a stage earlier.
  public var mayEndEarlier: Bool
  /// What the trial took, seconds.
  public var trialSeconds: Double
  /// Processor seconds of the trial for each of its wall seconds.
  public var busyCores: Double

  /// Wall seconds of the whole run.
  public var seconds: Double { parts.reduce(0) { $0 + $1.total } }

  /// Tokens the student samples in the whole run.
  public var rolloutTokens: Double { parts.reduce(0) { $0 + $1.rolloutTokens } }

  /// Tries a run out and predicts what the whole of it will take.
  ///
  /// The data are loaded, the teacher is asked, and the student makes a few steps of every stage with the threads that the
  /// configuration names; nothing is kept. Peak memory is what the process has held at its end: a process that did other work
  /// before says too much.
  ///
  /// - Parameters:
  ///   - value: The configuration.
  ///   - laboratory: Everything it can name.
  /// - Throws: What is wrong with the configuration, the data or the teacher.
  /// - Complexity: Loading, two evaluations, and one to a few seconds a stage.
  public init(_ value: ConfigurationValue, in laboratory: Laboratory) async throws {
    self = try await RunTrial.forecast(value, in: laboratory)
  }

  init(parts: [Part], peakMemory: Int, mayEndEarlier: Bool) {
    self.parts = parts
    self.peakMemory = peakMemory
    self.mayEndEarlier = mayEndEarlier
    trialSeconds = 0
    busyCores = 0
  }
}
