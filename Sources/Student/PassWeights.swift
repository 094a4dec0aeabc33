internal import Core
internal import Networks
internal import Tensors

/// What a pass computes with: weights of its own, or frozen ones with a change beside them.
///
/// Frozen weights are the same memory in a student, its reference and its self-teacher.
enum PassWeights: Sendable {
  /// Weights that may be trained themselves.
  case own(Weights<Float>)
  /// Frozen weights, and the adapters that are trained.
  case adapted(Weights<Float>, AdapterWeights<Float>)

  /// Numbers in all, frozen ones among them.
  var count: Int {
    switch self {
    case .own(let weights): weights.layout.count
    case .adapted(let frozen, let adapters):
      frozen.layout.count + adapters.weights.layout.count
    }
  }

  /// Bytes that they take; frozen ones are counted, changes beside them are not.
  var bytes: Int {
    switch self {
    case .own(let weights), .adapted(let weights, _): weights.bytes
    }
  }

  /// What they are ready for.
  var purpose: WeightPurpose {
    switch self {
    case .own(let weights): weights.purpose
    case .adapted(_, let adapters): adapters.weights.purpose
    }
  }

  /// Takes over changed parameters of what is trained.
  mutating func refresh(_ parameters: Parameters<Float>, for purpose: WeightPurpose) {
    switch self {
    case .own(var weights):
      // Let go of before it changes: two owners would copy every weight.
      self = .own(Weights(Parameters(zeros: ParameterLayout()), for: .inference))
      weights.refresh(parameters, for: purpose)
      self = .own(weights)
    case .adapted(let frozen, var adapters):
      adapters.refresh(parameters, for: purpose)
      self = .adapted(frozen, adapters)
    }
  }

  /// Runs a forward pass.
  func run<Result>(
    _ tape: Tape<Float>, body: (Tape<Float>) throws -> Result
  ) rethrows -> Result {
    switch self {
    case .own(let weights): try tape.run(weights, body: body)
    case .adapted(let frozen, let adapters):
      try tape.run(frozen, adapters: adapters, body: body)
    }
  }

  /// Runs a forward and a backward pass.
  func run<Result>(
    _ tape: Tape<Float>, addingGradientTo gradient: inout [Float],
    body: (Tape<Float>) throws -> Result
  ) rethrows -> Result {
    switch self {
    case .own(let weights):
      try tape.run(weights, addingGradientTo: &gradient, body: body)
    case .adapted(let frozen, let adapters):
      try tape.run(frozen, adapters: adapters, addingGradientTo: &gradient, body: body)
    }
  }
}

/// The weights that training leaves as they are, and where changes of them go.
struct FrozenBase: Sendable {
  /// Prepared for gradients in what is beside them.
  let weights: Weights<Float>
  /// Which layers are changed, and how.
  let adapter: LowRankAdapter
  /// What tells the base from others.
  let checksum: String

  /// The base with trained numbers beside it.
  func adapted(_ parameters: Parameters<Float>, for purpose: WeightPurpose) -> PassWeights {
    .adapted(weights, adapter.weights(parameters, beside: weights.layout, for: purpose))
  }
}
