#if Engines
/// How a server adds up the losses of tokens into the gradient of one update.
package struct LossReduction: Sendable, Hashable, Codable {
  /// What a token's loss is divided by within its sequence or pass.
  package enum Tokens: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing.
    case sum
    /// The number of its sequence's tokens.
    case meanOfSequence
    /// The number of all tokens.
    case meanOfAll
  }

  /// Which sequences count in a mean.
  package enum Extent: String, Sendable, Hashable, Codable, CaseIterable {
    /// None: sequences are added.
    case sum
    /// Those of one pass; passes are added.
    case pass
    /// Those of all passes since the last step.
    case update
  }

  /// What happens to the tokens of a sequence.
  package var tokens: Tokens
  /// What happens to sequences.
  package var extent: Extent

  /// A reduction.
  package init(tokens: Tokens, extent: Extent) {
    self.tokens = tokens
    self.extent = extent
  }

  /// By what a slope is multiplied so that the server's gradient is the sum over tokens of slope times ∇log π.
  ///
  /// - Parameters:
  ///   - own: Tokens of the sequence that count.
  ///   - pass: Sequences and tokens of the pass.
  ///   - update: Sequences and tokens of the whole update.
  /// - Returns: The inverse of what the server multiplies by.
  func factor(own: Int, pass: WorkCount, update: WorkCount) -> Double {
    let among: WorkCount? =
      switch extent {
      case .sum: nil
      case .pass: pass
      case .update: update
      }
    return switch tokens {
    case .sum: Double(among?.sequences ?? 1)
    case .meanOfSequence: Double(own) * Double(among?.sequences ?? 1)
    case .meanOfAll: Double(among?.tokens ?? 1)
    }
  }
}

/// How much was sent.
package struct WorkCount: Sendable, Hashable {
  var sequences = 0
  var tokens = 0

  static func + (one: Self, two: Self) -> Self {
    Self(sequences: one.sequences + two.sequences, tokens: one.tokens + two.tokens)
  }
}

/// What a training server was measured to do; what was not measured is not there.
package struct StudentAbilities: Sendable, Hashable, Codable {
  /// How losses are added up; `nil` where it was not understood, and nothing may be trained.
  package var reduction: LossReduction?
  /// Whether several targets a position are read as such; otherwise a datum is sent once a target.
  package var readsTargetRows = false
  /// Likeliest tokens a position that the server gives for a prompt.
  package var alternatives = 0
  /// Whether sampling follows the temperature.
  package var followsTemperature = false
  /// Whether log-probabilities of samples are those of temperature 1, whatever they were sampled at.
  package var scoresAtTemperatureOne = false
  /// Whether equal seeds give equal responses.
  package var repeatsSamples = false
  /// The largest difference between two scores of the same tokens, nats; 0 where they repeat to the bit.
  package var repeatError = Double.infinity
  /// The largest difference after a restored checkpoint and one more update, nats; 0 where it is exact.
  package var resumeError = Double.infinity
  /// Whether negative weights of a cross-entropy are what they should be.
  package var negativeWeights = false
  /// Whether pictures change what is said about them.
  package var images = false
  /// Whether a repeated write is one write.
  package var repeatsAreOneWrite = false
  /// Whether sampling from older weights leaves the model in training alone.
  package var keepsOldSamplers = false

  /// Nothing measured yet.
  package init() {}

  /// Whether a restored run goes on to the bit.
  package var resumesExactly: Bool { resumeError == 0 }
}
#endif
