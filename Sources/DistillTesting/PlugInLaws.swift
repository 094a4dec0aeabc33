public import Distill
public import Testing

/// Checks an advantage estimator within an objective whose only signal it is, and makes an issue of the running test of each law
/// that it breaks.
///
/// - Parameters:
///   - estimator: The estimator.
///   - sourceLocation: Where issues are reported.
public func checkAdvantageEstimator(
  _ estimator: any AdvantageEstimator, sourceLocation: SourceLocation = #_sourceLocation
) {
  checkObjective(
    Objective([ObjectiveComponent([Signal(.plugIn("mine"))])]),
    context: ObjectiveContext(advantageEstimators: ["mine": estimator]),
    sourceLocation: sourceLocation)
}

/// Checks a policy-gradient loss within an objective that follows a teacher, and makes an issue of the running test of each law
/// that it breaks.
///
/// - Parameters:
///   - loss: The loss.
///   - sourceLocation: Where issues are reported.
public func checkPolicyGradientLoss(
  _ loss: any PolicyGradientLoss, sourceLocation: SourceLocation = #_sourceLocation
) {
  checkObjective(
    Objective([ObjectiveComponent([.teacher], correction: .plugIn("mine"))]),
    context: ObjectiveContext(policyGradientLosses: ["mine": loss]),
    sourceLocation: sourceLocation)
}
