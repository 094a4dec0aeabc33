public import Core
public import Student
public import Tensors

extension StudentPolicy {
  /// The norm of each component's share of the gradient: which term of an objective pulls how hard.
  ///
  /// - Parameters:
  ///   - groups: The batch the loss was prepared for.
  ///   - loss: The whole objective.
  ///   - gradient: Scratch; what is in it is overwritten.
  /// - Throws: What the loss throws.
  /// - Returns: ‖∇(weight_i·component_i)‖ by `grad_norm/<component>`.
  /// - Complexity: A training pass a component.
  public func componentGradientNorms(
    _ groups: [RolloutGroup], loss: PreparedLoss, using gradient: inout GradientShards
  ) throws -> [String: Double] {
    var norms: [String: Double] = [:]
    for (place, name) in loss.componentNames.enumerated() {
      _ = try differentiate(groups, loss: loss.isolating(component: place), into: &gradient)
      norms["grad_norm/\(name)"] = gradient.total().norm
    }
    return norms
  }
}
