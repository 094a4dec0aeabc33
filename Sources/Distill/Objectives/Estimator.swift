package import Tensors

/// How a component turns its signal into a loss.
package enum Estimator: Sendable, Hashable {
  /// Advantage times importance ratio on the sampled tokens; the `Correction` says how the ratio is kept in bounds.
  case policyGradient
  /// An exact divergence over the support, with its own gradient.
  case divergence(RowDivergence)
  /// A function of `d = log π(y) − log q(y)` of the sampled token, differentiated as it stands.
  case logRatio(LogRatioLoss)
  /// `−Σ_v sg[p̃_v·(log q_v − log π_v)]·log π_v` with p̃ the student's distribution renormalised over its top k.
  case vocabularyAdvantage

  /// A function of the log-ratio d, used as a loss.
  package enum LogRatioLoss: String, Sendable, Hashable, CaseIterable {
    /// `d`: its expected gradient is 0.
    case k1
    /// `d²/2`: its expected gradient is that of the reverse KL divergence.
    case k2
    /// `e^{−d} − 1 + d`: its expected gradient is that of the forward KL divergence.
    case k3

    /// The value at d, nats.
    package func value(_ d: Double) -> Double {
      switch self {
      case .k1: d
      case .k2: d * d / 2
      case .k3: exponentialOf(-d) - 1 + d
      }
    }

    /// The derivative in d, which is that in log π(y).
    package func slope(_ d: Double) -> Double {
      switch self {
      case .k1: 1
      case .k2: d
      case .k3: 1 - exponentialOf(-d)
      }
    }
  }
}

extension Estimator: ConfigurationPhrase {
  static let names = [
    "policyGradient", "reverseKL", "forwardKL", "jsd", "k1", "k2", "k3", "vocabularyAdvantage",
  ]

  /// Reads `policyGradient`, `reverseKL`, `forwardKL`, `jsd(0.5, form=normalised)`, `k1`, `k2`, `k3` or `vocabularyAdvantage`.
  package init(text: String) throws(ObjectiveError) {
    let phrase = try Phrase(parsing: text)
    let a = try PhraseArguments(phrase, phrase.name == "jsd" ? ["beta", "form"] : [])
    switch phrase.name {
    case "policyGradient": self = .policyGradient
    case "reverseKL": self = .divergence(.reverseKL)
    case "forwardKL": self = .divergence(.forwardKL)
    case "vocabularyAdvantage": self = .vocabularyAdvantage
    case "jsd":
      let form = try a.choice("form", or: Form.plain)
      self = .divergence(
        .jensenShannon(beta: try a.number("beta"), normalised: form == .normalised))
    default:
      guard let loss = LogRatioLoss(rawValue: phrase.name) else {
        throw .unknownName(kind: "estimator", name: phrase.name, candidates: Self.names)
      }
      self = .logRatio(loss)
    }
  }

  /// The estimator as a configuration writes it.
  package var description: String {
    switch self {
    case .policyGradient: "policyGradient"
    case .divergence(.reverseKL): "reverseKL"
    case .divergence(.forwardKL): "forwardKL"
    case .divergence(.jensenShannon(let beta, let normalised)):
      normalised ? "jsd(\(written(beta)), form=normalised)" : "jsd(\(written(beta)))"
    case .logRatio(let loss): loss.rawValue
    case .vocabularyAdvantage: "vocabularyAdvantage"
    }
  }

  private enum Form: String, CaseIterable { case plain, normalised }
}
