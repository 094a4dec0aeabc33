/// Low-rank changes of frozen matrices: `y = x·Wᵀ + s·(x·Aᵀ)·Bᵀ`, computed beside W without forming `W + s·B·A`.
///
/// What is trained is A and B alone: gradients, moments and checkpoints have the layout given here, and the frozen weights
/// may serve several adapters, a reference and a teacher at the same time. A matrix may also be trained as a whole; then the
/// frozen one is not read.
/// Source: Hu et al., arXiv:2106.09685, eq. 3.
public struct AdapterWeights<Scalar: Real>: Sendable {
  /// One change of some rows of a matrix.
  public struct Change: Sendable, Hashable {
    /// The name of the matrix among the frozen parameters.
    public var matrix: String
    /// The rows of the matrix, and so the columns of the result, that are changed.
    public var rows: Range<Int>
    /// s.
    public var scaling: Double
    /// The name of A (r × columns) among the trained parameters.
    public var down: String
    /// The name of B (rows × r) among the trained parameters.
    public var up: String

    /// A change.
    public init(matrix: String, rows: Range<Int>, scaling: Double, down: String, up: String) {
      self.matrix = matrix
      self.rows = rows
      self.scaling = scaling
      self.down = down
      self.up = up
    }
  }

  /// A change by the places of its matrices.
  struct Part: Sendable {
    let rows: Range<Int>
    let scaling: Scalar
    let down: ParameterID
    let up: ParameterID
  }

  /// A and B, prepared for computing.
  public private(set) var weights: Weights<Scalar>

  /// The changes of each frozen entry.
  let parts: [Int: [Part]]

  /// The matrix that stands for each frozen entry which is trained as a whole.
  let replaced: [Int: ParameterID]

  /// Changes prepared for computing.
  ///
  /// - Parameters:
  ///   - changes: Which matrices are changed.
  ///   - replaced: For each frozen matrix that is not read, the trained one in its place.
  ///   - parameters: A and B of every change, and what stands in place of frozen matrices.
  ///   - frozen: The layout of the frozen parameters.
  ///   - purpose: Whether gradients will be asked for.
  /// - Precondition: The layouts have all names, and the shapes fit.
  public init(
    _ changes: [Change], replacing replaced: [String: String] = [:],
    _ parameters: Parameters<Scalar>, of frozen: ParameterLayout, for purpose: WeightPurpose
  ) {
    var parts: [Int: [Part]] = [:]
    for change in changes {
      let matrix = ParameterID(change.matrix, in: frozen)
      let down = ParameterID(change.down, in: parameters.layout)
      let up = ParameterID(change.up, in: parameters.layout)
      precondition(
        down.columns == matrix.columns && up.columns == down.rows && up.rows == change.rows.count
          && change.rows.lowerBound >= 0 && change.rows.upperBound <= matrix.rows,
        "'\(change.down)' and '\(change.up)' do not fit '\(change.matrix)'.")
      parts[matrix.entry, default: []].append(
        Part(rows: change.rows, scaling: Scalar(change.scaling), down: down, up: up))
    }
    self.parts = parts
    self.replaced = Self.places(replaced, parameters.layout, of: frozen)
    weights = Weights(parameters, for: purpose)
  }

  private static func places(
    _ replaced: [String: String], _ trained: ParameterLayout, of frozen: ParameterLayout
  ) -> [Int: ParameterID] {
    var places: [Int: ParameterID] = [:]
    for (matrix, name) in replaced {
      let (old, new) = (ParameterID(matrix, in: frozen), ParameterID(name, in: trained))
      precondition(
        old.rows == new.rows && old.columns == new.columns, "'\(name)' does not fit '\(matrix)'.")
      places[old.entry] = new
    }
    return places
  }

  /// Takes over changed parameters.
  public mutating func refresh(
    _ parameters: Parameters<Scalar>, for purpose: WeightPurpose = .inference
  ) {
    weights.refresh(parameters, for: purpose)
  }
}

/// One change within a pass: what went through A, scaled, kept for the way back.
struct LowRankPass<Scalar: Real> {
  let part: AdapterWeights<Scalar>.Part
  let hidden: Buffer<Scalar>
}

extension Tape {
  /// Adds every change of a matrix to `y = x·Wᵀ`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func addChanges(_ x: Variable, _ weight: ParameterID, to y: Variable) {
    guard let adapters = bound.adapters, let parts = adapters.parts[weight.entry] else { return }
    guard case .linear(_, _, let bias, let residual, _) = nodes[y.index].operation else { return }
    let passes = parts.map { part in
      let rank = part.down.rows
      let hidden = arena.take(x.rows * rank)
      Multiply.run(
        m: x.rows, n: rank, k: x.columns, a: pointer(x), rowStride: x.columns, columnStride: 1,
        panels: adapters.memory.transposed(part.down), c: hidden.pointer, ldc: rank, adding: false)
      for i in 0..<x.rows * rank { hidden.pointer[i] *= part.scaling }
      Multiply.run(
        m: x.rows, n: part.rows.count, k: rank, a: hidden.pointer, rowStride: rank,
        columnStride: 1, panels: adapters.memory.transposed(part.up),
        c: pointer(y) + part.rows.lowerBound, ldc: y.columns, adding: true)
      return LowRankPass(part: part, hidden: hidden)
    }
    nodes[y.index].operation = .linear(x, weight, bias: bias, residual: residual, changes: passes)
  }

  /// The way back through one change: `∂B += ∂Yᵀ·(s·x·Aᵀ)`, `∂H = s·∂Y·B`, `∂A += ∂Hᵀ·x`, `∂x += ∂H·A`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagateChange(
    _ pass: LowRankPass<Scalar>, _ gradient: UnsafePointer<Scalar>, columns: Int, _ x: Variable,
    wantsInput: Bool
  ) {
    guard let memory = bound.adapters?.memory else {
      preconditionFailure("A change without adapters.")
    }
    let (part, rank) = (pass.part, pass.part.down.rows)
    let own = gradient + part.rows.lowerBound
    let slope = arena.take(x.rows * rank)
    defer { arena.give(slope) }
    Multiply.run(
      m: x.rows, n: rank, k: part.rows.count, a: own, rowStride: columns, columnStride: 1,
      panels: memory.straight(part.up), c: slope.pointer, ldc: rank, adding: false)
    for i in 0..<x.rows * rank { slope.pointer[i] *= part.scaling }
    if let target = memory.gradient {
      Multiply.addTransposed(
        m: part.rows.count, n: rank, k: x.rows, a: own, lda: columns, b: pass.hidden.pointer,
        ldb: rank, c: target + part.up.offset, ldc: rank)
      Multiply.addTransposed(
        m: rank, n: x.columns, k: x.rows, a: slope.pointer, lda: rank, b: pointer(x),
        ldb: x.columns, c: target + part.down.offset, ldc: x.columns)
    }
    guard wantsInput else { return }
    let target = self.gradient(x)
    Multiply.run(
      m: x.rows, n: x.columns, k: rank, a: slope.pointer, rowStride: rank, columnStride: 1,
      panels: memory.straight(part.down), c: target.pointer, ldc: x.columns, adding: target.adding)
  }
}
