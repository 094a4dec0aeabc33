internal import Tensors

/// Reads the name of a reference case as an objective.
///
/// A name is parts separated by `/`: the method, its settings (`full`, `top4_student_tail`, `clip0.2_0.28`, `beta0.04`,
/// a bare β) and, last, the reduction. Any k, β, bound or weight may stand in it.
struct GoldenCaseName {
  private let method: String
  private var settings: [String]
  private var reduction: Reduction?
  private let length: Int

  /// The objective a name stands for, or `nil` if it stands for none that is known.
  ///
  /// - Parameters:
  ///   - name: Such as `reverse_kl/top4_student_tail/token_mean`.
  ///   - length: The constant that `sequence_mean_token_sum_norm` divides by.
  /// - Returns: An objective.
  static func objective(_ name: String, length: Int) -> Objective? {
    let component = GoldenCaseName(name, length: length).component()
    return component.map { Objective($0) }
  }

  private init(_ name: String, length: Int) {
    var parts = name.split(separator: "/").map(String.init)
    self.length = length
    method = parts.isEmpty ? "" : parts.removeFirst()
    settings = parts
    if let last = parts.last, let reduction = Self.reduction(last, length: length) {
      self.reduction = reduction
      settings.removeLast()
    }
  }

  private static func reduction(_ word: String, length: Int) -> Reduction? {
    switch word {
    case "token_sum": .tokenSum
    case "token_mean": .tokenMean
    case "sequence_mean_token_mean": .sequenceMeanTokenMean
    case "sequence_mean_token_sum": .sequenceMeanTokenSum
    case "sequence_mean_token_sum_norm": .sequenceMeanTokenSumNorm(length: length)
    default: nil
    }
  }

  private func component() -> [ObjectiveComponent]? {
    divergence() ?? estimatorAsLoss() ?? distillation() ?? groupRelative()
  }

  // MARK: Divergences

  private func divergence() -> [ObjectiveComponent]? {
    let kind: RowDivergence
    var rest = settings
    switch method {
    case "reverse_kl": kind = .reverseKL
    case "forward_kl": kind = .forwardKL
    case "jsd", "jsd_normalised":
      guard let beta = rest.first.flatMap(Double.init) else { return nil }
      rest.removeFirst()
      kind = .jensenShannon(beta: beta, normalised: method == "jsd_normalised")
    default: return nil
    }
    guard let reduction, rest.count == 1, let support = Self.support(rest[0]) else { return nil }
    return [
      ObjectiveComponent(
        [.teacher], support: support, estimator: .divergence(kind), reduction: reduction)
    ]
  }

  private static func support(_ word: String) -> VocabularySupport? {
    if word == "full" { return .full }
    let parts = word.split(separator: "_").map(String.init)
    guard parts.count == 3, parts[0].hasPrefix("top"), let k = Int(parts[0].dropFirst(3)), k > 0,
      let owner = VocabularySupport.Owner(rawValue: parts[1]),
      let rest = VocabularySupport.Rest(
        rawValue: parts[2] == "renormalized" ? "renormalised" : parts[2])
    else { return nil }
    return .top(k, of: owner, rest: rest)
  }

  private func estimatorAsLoss() -> [ObjectiveComponent]? {
    guard method == "estimator_as_loss", let reduction, settings.count == 1,
      let loss = Estimator.LogRatioLoss(rawValue: settings[0])
    else { return nil }
    return [ObjectiveComponent([.teacher], estimator: .logRatio(loss), reduction: reduction)]
  }

  // MARK: Policy gradients

  private func policyGradient(
    _ signals: [Signal], _ correction: Correction?, _ reduction: Reduction?
  ) -> [ObjectiveComponent]? {
    guard let correction, let reduction else { return nil }
    return [ObjectiveComponent(signals, correction: correction, reduction: reduction)]
  }

  private func distillation() -> [ObjectiveComponent]? {
    switch method {
    case "opd_importance_sampling":
      return settings.isEmpty ? policyGradient([.teacher], .importanceRatio, reduction) : nil
    case "opd_current_logprob":
      let signal = Signal(.teacher(TeacherSignal(base: .current)))
      return settings.isEmpty ? policyGradient([signal], .importanceRatio, reduction) : nil
    case "opd_ppo_clip":
      return policyGradient([.teacher], clip(), reduction)
    default:
      guard let dual = number(after: "opd_dual_clip_") else { return nil }
      // The reference multiplies the advantage by 4, so that the bound is reached.
      var strong = Signal.teacher
      strong.weight = 4
      return policyGradient([strong], clip(dual: dual), reduction)
    }
  }

  private func groupRelative() -> [ObjectiveComponent]? {
    let grpo = Signal.reward(.grpo)
    switch method {
    case "grpo", "dapo": return withReference(policyGradient([grpo], clip(), reduction))
    case "dr_grpo":
      return withReference(policyGradient([.reward(RewardSignal())], clip(), reduction))
    case "rloo":
      let signal = Signal.reward(RewardSignal(baseline: .leaveOneOut))
      return settings.isEmpty ? policyGradient([signal], Correction.none, reduction) : nil
    case "gspo":
      guard case .ppoClip(let low, let high, _)? = clip(), !settings.isEmpty else { return nil }
      return policyGradient(
        [grpo], .sequenceRatio(low: low, high: high), reduction ?? .sequenceMeanTokenMean)
    case "cispo":
      guard settings.count == 1, settings[0].hasPrefix("clip_high"),
        let high = Double(settings[0].dropFirst("clip_high".count))
      else { return nil }
      return policyGradient([grpo], .cispo(high: high), reduction)
    default:
      guard let weight = number(after: "grpo_plus_teacher_") else { return nil }
      return withReference(
        policyGradient(
          [grpo, Signal(.teacher(TeacherSignal()), weight: weight)], clip(), reduction))
    }
  }

  private func number(after prefix: String) -> Double? {
    method.hasPrefix(prefix) ? Double(method.dropFirst(prefix.count)) : nil
  }

  /// The bounds in the settings (`clip0.2`, `clip0.2_0.28`, each perhaps with `_beta0.04`), 0.2 where there are none.
  private func clip(dual: Double? = nil) -> Correction? {
    var bounds: [Double] = []
    for word in words where !word.hasPrefix("beta") {
      guard let bound = Double(word.hasPrefix("clip") ? String(word.dropFirst(4)) : word) else {
        return nil
      }
      bounds.append(bound)
    }
    guard bounds.count <= 2 else { return nil }
    let low = bounds.first ?? 0.2
    return .ppoClip(low: low, high: bounds.last ?? low, dual: dual)
  }

  private var words: [String] {
    settings.flatMap { $0.split(separator: "_").map(String.init) }
  }

  /// Adds `β·k3(π‖π_ref)` if the settings have a β.
  private func withReference(_ components: [ObjectiveComponent]?) -> [ObjectiveComponent]? {
    guard let components, let reduction,
      let word = words.first(where: { $0.hasPrefix("beta") })
    else { return components }
    guard let beta = Double(word.dropFirst(4)) else { return nil }
    let penalty = ObjectiveComponent(
      [.reference], estimator: .logRatio(.k3), reduction: reduction, weight: beta)
    return components + [penalty]
  }
}
