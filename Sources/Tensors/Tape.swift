/// The value of one step of a forward pass, named so that later steps can use it.
public struct Variable: Sendable, Hashable {
  let index: Int
  /// How many rows it has.
  public let rows: Int
  /// How many columns it has.
  public let columns: Int
}

/// A forward pass in the order it ran, so that its gradient can be computed in the opposite order.
///
/// Steps are coarse (a linear map with its residual, a norm, the attention of a whole prefix tree) and each has its
/// backward pass written by hand beside it. A tape is used by one thread, for one pass at a time; its memory is kept for
/// the next pass.
public final class Tape<Scalar: Real> {
  let arena = Arena<Scalar>()
  var nodes: [Node] = []
  var memory: PassMemory?

  /// A tape without steps.
  public init() {}

  /// How often buffers had to be asked of the system since the tape was made; constant in steady state.
  public var allocations: Int { arena.misses }

  /// Bytes held for passes.
  public var bytes: Int { arena.bytes }

  /// Where the weights of the current pass lie, and where its gradient goes.
  struct PassMemory {
    let vectors: UnsafePointer<Scalar>?
    let forward: UnsafePointer<Scalar>?
    let backward: UnsafePointer<Scalar>?
    let codes: CodedMemory<Scalar>?
    let purpose: WeightPurpose
    let forwardOffsets: [Int]
    let backwardOffsets: [Int]
    let gradient: UnsafeMutablePointer<Scalar>?
    var adapters: AdapterMemory?

    /// Whether a backward pass follows: values must be kept for it.
    var isDifferentiating: Bool { gradient != nil || adapters?.memory.gradient != nil }

    /// A vector's numbers.
    func vector(_ parameter: ParameterID) -> UnsafePointer<Scalar> {
      guard let vectors else { preconditionFailure("These weights have no vectors.") }
      return vectors + forwardOffsets[parameter.entry]
    }

    /// A matrix, transposed.
    func transposed(_ parameter: ParameterID) -> MatrixPanels<Scalar> {
      if let (adapters, own) = replacement(of: parameter) { return adapters.transposed(own) }
      if let panels = codes?.forward[parameter.entry] { return panels }
      guard let forward else { preconditionFailure("These weights have no matrices.") }
      return .numbers(forward + forwardOffsets[parameter.entry])
    }

    /// Where the gradient in a matrix goes; nowhere if it is frozen.
    func gradient(of parameter: ParameterID) -> UnsafeMutablePointer<Scalar>? {
      if let (adapters, own) = replacement(of: parameter) {
        return adapters.gradient.map { $0 + own.offset }
      }
      return gradient.map { $0 + parameter.offset }
    }

    /// What is trained in the place of a frozen matrix, and where it lies.
    private func replacement(of parameter: ParameterID) -> (PassMemory, ParameterID)? {
      guard let adapters, let own = adapters.replaced[parameter.entry] else { return nil }
      return (adapters.memory, own)
    }

    /// A matrix as it stands, for the way back.
    func straight(_ parameter: ParameterID) -> MatrixPanels<Scalar> {
      if let (adapters, own) = replacement(of: parameter) { return adapters.straight(own) }
      if let panels = codes?.backward[parameter.entry] { return panels }
      guard purpose == .training, let backward else {
        preconditionFailure("These weights were prepared for inference.")
      }
      return .numbers(backward + backwardOffsets[parameter.entry])
    }
  }

  /// Where the adapters of the current pass lie.
  ///
  /// A class, because the memory of one set of weights cannot hold another of its kind.
  final class AdapterMemory {
    let memory: PassMemory
    let parts: [Int: [AdapterWeights<Scalar>.Part]]
    let replaced: [Int: ParameterID]

    init(_ memory: PassMemory, _ adapters: AdapterWeights<Scalar>) {
      self.memory = memory
      (parts, replaced) = (adapters.parts, adapters.replaced)
    }
  }

  /// One step.
  struct Node {
    var value: Buffer<Scalar>
    var gradient: Buffer<Scalar>?
    let rows: Int
    let columns: Int
    var operation: Operation<Scalar>
  }

  /// Runs a forward pass.
  public func run<Result>(
    _ weights: Weights<Scalar>, body: (Tape) throws -> Result
  ) rethrows -> Result {
    try bind(weights, nil) { try body(self) }
  }

  /// Runs a forward and a backward pass.
  ///
  /// - Parameters:
  ///   - weights: What the pass computes with, prepared for training.
  ///   - gradient: What the gradient is added to, `weights.layout.count` numbers.
  ///   - body: The pass.
  /// - Returns: What the pass returns.
  public func run<Result>(
    _ weights: Weights<Scalar>, addingGradientTo gradient: inout [Scalar],
    body: (Tape) throws -> Result
  ) rethrows -> Result {
    precondition(gradient.count == weights.layout.count, "The gradient has another layout.")
    return try gradient.withUnsafeMutableBufferPointer { target in
      try bind(weights, target.baseAddress) { try body(self) }
    }
  }

  /// Runs a forward pass with adapters.
  public func run<Result>(
    _ weights: Weights<Scalar>, adapters: AdapterWeights<Scalar>, body: (Tape) throws -> Result
  ) rethrows -> Result {
    try lend(adapters.weights, nil) { memory in
      try bind(weights, nil, AdapterMemory(memory, adapters)) { try body(self) }
    }
  }

  /// Runs a forward and a backward pass with adapters; the weights beneath them are frozen.
  ///
  /// - Parameters:
  ///   - weights: The frozen weights, prepared for training.
  ///   - adapters: What is trained, prepared for training.
  ///   - gradient: What the adapters' gradient is added to, as many numbers as they have.
  ///   - body: The pass.
  /// - Returns: What the pass returns.
  public func run<Result>(
    _ weights: Weights<Scalar>, adapters: AdapterWeights<Scalar>,
    addingGradientTo gradient: inout [Scalar], body: (Tape) throws -> Result
  ) rethrows -> Result {
    precondition(
      gradient.count == adapters.weights.layout.count, "The gradient has another layout.")
    return try gradient.withUnsafeMutableBufferPointer { target in
      try lend(adapters.weights, target.baseAddress) { memory in
        try bind(weights, nil, AdapterMemory(memory, adapters)) { try body(self) }
      }
    }
  }

  private func bind<Result>(
    _ weights: Weights<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>?,
    _ adapters: AdapterMemory? = nil, body: () throws -> Result
  ) rethrows -> Result {
    precondition(memory == nil, "The tape is running another pass.")
    defer {
      for node in nodes { release(node) }
      nodes.removeAll(keepingCapacity: true)
      memory = nil
    }
    return try lend(weights, gradient) { lent in
      memory = lent
      memory?.adapters = adapters
      return try body()
    }
  }

  /// Lends the memory of weights.
  private func lend<Result>(
    _ weights: Weights<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>?,
    body: (PassMemory) throws -> Result
  ) rethrows -> Result {
    try weights.vectors.withUnsafeBufferPointer { vectors in
      try weights.forward.withUnsafeBufferPointer { forward in
        try weights.backward.withUnsafeBufferPointer { backward in
          try weights.codes.lend { codes in
            try body(
              PassMemory(
                vectors: vectors.baseAddress, forward: forward.baseAddress,
                backward: backward.baseAddress, codes: codes, purpose: weights.purpose,
                forwardOffsets: weights.forwardOffsets, backwardOffsets: weights.backwardOffsets,
                gradient: gradient))
          }
        }
      }
    }
  }

  /// Runs a part of a pass of which only the result is used later: without a gradient to come, the memory of the steps in
  /// between goes back at once, so that the next part finds it in the caches.
  ///
  /// - Parameter body: The steps; returns the value of one of them.
  /// - Returns: That value. No other value of a step in `body` may be used afterwards.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func transient(_ body: () throws -> Variable) rethrows -> Variable {
    guard !bound.isDifferentiating else { return try body() }
    let first = nodes.count
    let result = try body()
    precondition(result.index >= first, "The result comes from a step before this part.")
    for (index, node) in nodes.enumerated().dropFirst(first) where index != result.index {
      release(node)
    }
    nodes.replaceSubrange(first..., with: CollectionOfOne(nodes[result.index]))
    return Variable(index: first, rows: result.rows, columns: result.columns)
  }

  var bound: PassMemory {
    guard let memory else { preconditionFailure("Steps belong inside `run`.") }
    return memory
  }

  /// Appends a step with room for its value.
  func append(rows: Int, columns: Int, _ operation: Operation<Scalar>) -> Variable {
    let node = Node(
      value: arena.take(rows * columns), rows: rows, columns: columns, operation: operation)
    nodes.append(node)
    return Variable(index: nodes.count - 1, rows: rows, columns: columns)
  }

  func pointer(_ variable: Variable) -> UnsafeMutablePointer<Scalar> {
    nodes[variable.index].value.pointer
  }

  /// Reads a value.
  public func values(_ variable: Variable) -> [Scalar] {
    Array(UnsafeBufferPointer(start: pointer(variable), count: variable.rows * variable.columns))
  }

  /// Lets `body` read or replace a value in place.
  public func withValues<Result>(
    _ variable: Variable, _ body: (inout MutableSpan<Scalar>) throws -> Result
  ) rethrows -> Result {
    let buffer = UnsafeMutableBufferPointer(
      start: pointer(variable), count: variable.rows * variable.columns)
    var span = MutableSpan(_unsafeElements: buffer)
    return try body(&span)
  }
}
