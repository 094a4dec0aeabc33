package import Core

/// The dictionary of metric names; the names of training metrics are the ones TRL uses.
package enum MetricDictionary {
  /// Every metric a run may write but those of its task, in reading order.
  package static let all: [MetricDefinition] =
    training + teacher + diagnostics + evaluation + ledger

  /// The definition of a metric as it stands in a file, such as `student_mass@16`.
  ///
  /// - Parameters:
  ///   - name: The key in `metrics.jsonl`.
  ///   - others: What else is defined: the metrics of tasks.
  /// - Returns: Its definition, or `nil` for a name that nobody defines.
  package static func definition(
    of name: String, among others: [MetricDefinition] = []
  ) -> MetricDefinition? {
    let known = all + others
    return known.first { $0.name == name } ?? known.first { $0.defines(name) }
  }

  private static let training: [MetricDefinition] = [
    .init("loss", "nats", .none, per: .tokens, "the objective's value before the update"),
    .init("reward", "1", .higher, per: .responses, "mean of the summed rewards of a response"),
    .init("reward_std", "1", .none, per: .prompts, "standard deviation within a prompt's group"),
    .init("reward/*", "1", .higher, per: .responses, "mean of one term of the reward"),
    .init("advantages/mean", "nats or 1", .none, per: .tokens, "mean advantage of a token"),
    .init("advantages/abs_mean", "nats or 1", .none, per: .tokens, "mean |advantage| of a token"),
    .init(
      "advantages/positive_share", "1", .none, per: .tokens, "share of tokens that are reinforced"),
    .init("ratio/mean", "1", .none, per: .tokens, "mean of π / π_old; 1 before the first update"),
    .init("ratio/square_mean", "1", .none, per: .tokens, "mean of (π / π_old)²"),
    .init(
      "sampling/refills", "1", .lower, per: .prompts,
      "draws of a step in place of groups without spread"),
    .init(
      "loss/*", "nats", .none, per: .tokens, "one component's value, weighted, before the update"),
    .init(
      "saliency/gate_rate", "1", .none, per: .prompts,
      "share of answers to ordered keyframes whose gate is open: KF-GRPO"),
    .init(
      "saliency/placebo_gate_rate", "1", .none, per: .prompts,
      "the same against a second draw of the ordered input: how often it opens by chance"),
    .init(
      "saliency/effective_change", "1", .higher, per: .responses,
      "mean |ΔA| of the bonus after normalisation; 0 where normalisation cancels it"),
    .init(
      "temporal/*", "1", .none, per: .prompts, "the same three numbers for T-GRPO's bonus"),
    .init(
      "frac_reward_zero_std", "1", .lower, per: .prompts,
      "share of prompts whose responses all have the same reward"),
    .init("kl", "nats/token", .none, per: .tokens, "k3 of the student against the reference"),
    .init(
      "entropy", "nats/token", .none, per: .tokens,
      "exact entropy of the student's distribution at the sampling temperature"),
    .init(
      "clip_ratio/*", "1", .none, per: .tokens,
      "share of tokens whose probability ratio was clipped, on the low or the high side"),
    .init("completions/mean_length", "tokens", .none, per: .responses, "mean response length"),
    .init(
      "completions/clipped_ratio", "1", .lower, per: .responses,
      "share of responses cut at the length limit"),
    .init(
      "grad_norm", "1", .none, per: .updates, "Euclidean norm of the gradient before clipping"),
    .init("learning_rate", "1", .none, per: .updates, "the schedule's value at this update"),
    .init(
      "parse_failure_rate", "1", .lower, per: .responses,
      "share of responses that are no answer in the codec"),
    .init(
      "sampling/logp_difference", "nats/token", .lower, per: .tokens,
      "mean |sampler − trainer| of a token's log-probability"),
  ]

  /// What `diagnostics` adds, at the answers of a step and before its update unless the name says otherwise.
  private static let diagnostics: [MetricDefinition] = [
    .init(
      "teacher_kl/forward", "nats/token", .lower, per: .tokens,
      "exact forward KL from the teacher on the student's prefixes"),
    .init(
      "teacher_kl/before_update", "nats/token", .lower, per: .tokens,
      "exact reverse KL at the answers of the step, before its first update"),
    .init(
      "teacher_kl/after_update", "nats/token", .lower, per: .tokens,
      "exact reverse KL at the same answers after the last: lower if the step moved towards the teacher"
    ),
    .init(
      "teacher_kl/k1_before_update", "nats/token", .lower, per: .tokens,
      "k1 at the answers of the step, before its first update"),
    .init(
      "teacher_kl/k1_after_update", "nats/token", .lower, per: .tokens,
      "k1 at the same answers after the last, weighted by π / π_old"),
    .init(
      "teacher_kl/decile_*", "nats/token", .lower, per: .tokens,
      "exact reverse KL by decile of the position in the response, from 0, before the update"),
    .init(
      "teacher_mass@k", "1", .none, per: .tokens,
      "teacher's probability of the student's k likeliest tokens"),
    .init(
      "stop_mass", "1", .none, per: .tokens, "student's probability of ending the response here"),
    .init(
      "advantages/abs_q*", "nats or 1", .none, per: .tokens,
      "quantile of |advantage|, by its per cent"),
    .init(
      "advantages/decile_*", "nats or 1", .none, per: .tokens,
      "mean advantage by decile of the position in the response, from 0"),
    .init(
      "advantages/clipped_share", "1", .none, per: .tokens,
      "share of tokens whose advantage was cut at a bound of the token weighting"),
    .init(
      "ratio/after_update", "1", .none, per: .tokens, "mean of π / π_old after the last update"),
    .init(
      "ratio/effective_share", "1", .higher, per: .tokens,
      "effective sample size after the last update as a share of the tokens: (mean ρ)² / mean ρ²"),
    .init(
      "grad_norm/*", "1", .none, per: .updates, "norm of one component's share of the gradient"),
    .init(
      "audit/bias", "1", .lower, per: .tokens,
      "‖expected gradient of the estimator − exact gradient‖ in the logits of a position"),
    .init(
      "audit/variance", "1", .lower, per: .tokens,
      "E‖gradient − its expectation‖² of the estimator in the logits of a position"),
    .init("audit/exact_norm", "1", .none, per: .tokens, "norm of the exact gradient there"),
    .init(
      "audit/alignment", "1", .higher, per: .tokens, "cosine of expected and exact gradient there"),
    .init(
      "audit/cosine", "1", .higher, per: .updates,
      "cosine of the step's gradient with that of the exact reverse KL at the same answers"),
    .init(
      "audit/norm_ratio", "1", .none, per: .updates,
      "norm of the step's gradient over that of the exact reverse KL"),
  ]

  private static let teacher: [MetricDefinition] = [
    .init(
      "teacher_kl/k1", "nats/token", .lower, per: .tokens,
      "mean of log π − log q over sampled tokens: unbiased, noisy"),
    .init(
      "teacher_kl/k3", "nats/token", .lower, per: .tokens,
      "mean of q/π − 1 − log(q/π) over sampled tokens: unbiased, far lower variance"),
    .init(
      "teacher_kl/reverse", "nats/token", .lower, per: .tokens,
      "exact reverse KL from the teacher on the student's prefixes"),
    .init(
      "teacher_entropy", "nats/token", .none, per: .tokens,
      "exact entropy of the teacher on the student's prefixes"),
    .init(
      "teacher_overlap@k", "1", .higher, per: .tokens,
      "share of the k likeliest tokens that student and teacher have in common"),
    .init(
      "student_mass@k", "1", .none, per: .tokens,
      "student's probability of the teacher's k likeliest tokens"),
  ]

  private static let evaluation: [MetricDefinition] = [
    .init(
      "eval/teacher_kl", "nats/token", .lower, per: .tokens,
      "exact reverse KL from the teacher on the student's own sampled answers to the dev questions"),
    .init(
      "eval/teacher_kl_forward", "nats/token", .lower, per: .tokens,
      "exact forward KL from the teacher on the same answers"),
    .init(
      "eval/pass@k", "1", .higher, per: .queries,
      "quality of the best of k sampled answers; pass@k where an answer is right or wrong"),
    .init(
      "eval/avg@k", "1", .higher, per: .queries, "mean quality of k sampled answers"),
    .init(
      "eval/parse_failure_rate", "1", .lower, per: .queries,
      "share of answers that could not be read"),
  ]

  private static let ledger: [MetricDefinition] = [
    .init("ledger/rollout_tokens", "tokens", .none, per: .total, "tokens sampled so far"),
    .init("ledger/flops", "FLOP", .lower, per: .total, "multiply-adds counted twice, all parts"),
    .init("ledger/*", "FLOP or s", .lower, per: .total, "the same by part: student, teacher, …"),
  ]
}
