internal import Tensors

/// What leads from a tower to a decoder: squares of patches become one row each.
struct VisionMerger: Sendable {
  private enum Kind {
    /// One matrix (Idefics3).
    case projection(ParameterID)
    /// A norm and two matrices (Qwen2-VL).
    case perceptron(VisionNorm, up: BiasedLinear, down: BiasedLinear)
  }

  private let kind: Kind

  init(_ layout: ParameterLayout) {
    guard layout["vision.connector"] == nil else {
      kind = .projection(ParameterID("vision.connector", in: layout))
      return
    }
    kind = .perceptron(
      VisionNorm("vision.merger.norm", in: layout),
      up: BiasedLinear("vision.merger.up", in: layout),
      down: BiasedLinear("vision.merger.down", in: layout))
  }

  /// Pixel shuffle: the patches of a square beside each other, top row first, then a matrix.
  ///
  /// Source: Shi et al., arXiv:1609.05158, §3.2, the other way round.
  func shuffle<Scalar: Real>(
    _ hidden: Variable, _ order: [Int], _ shape: VisionConfiguration, on tape: Tape<Scalar>
  ) -> Variable {
    guard case .projection(let weight) = kind else {
      preconditionFailure("Tiles are merged by one matrix.")
    }
    return tape.linear(Self.squares(hidden, order, shape, on: tape), weight)
  }

  /// The patches of each square beside each other.
  static func squares<Scalar: Real>(
    _ hidden: Variable, _ order: [Int], _ shape: VisionConfiguration, on tape: Tape<Scalar>
  ) -> Variable {
    tape.regroup(tape.gather(hidden, rows: order), columns: shape.merged)
  }

  /// Neighbours are merged as they stand; `restored` says where each merged row is among those that come out.
  func merge<Scalar: Real>(
    _ hidden: Variable, _ restored: [Int], _ shape: VisionConfiguration, on tape: Tape<Scalar>
  ) -> Variable {
    guard case .perceptron(let norm, let up, let down) = kind else {
      preconditionFailure("Patches are merged by two matrices.")
    }
    let normed = norm.apply(hidden, epsilon: shape.normEpsilon, on: tape)
    let wide = up.apply(tape.regroup(normed, columns: shape.merged), on: tape)
    let rows = down.apply(tape.activate(wide, .gelu), on: tape)
    return shape.window == nil ? rows : tape.gather(rows, rows: restored)
  }
}
