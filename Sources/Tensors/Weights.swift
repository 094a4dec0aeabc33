/// Parameters laid out for computing: every matrix packed into panels, once for the forward and once for the backward pass.
///
/// Made from `Parameters` after each update and then only read, by as many threads as there are. It shares no storage with
/// the parameters, so an optimizer can change those in place while nobody computes.
public struct Weights<Scalar: Real>: Sendable {
  /// What the parameters are called and where they lie.
  public let layout: ParameterLayout

  /// The numbers as they stand, for vectors and for rows that are looked up.
  var plain: [Scalar]
  /// Wᵀ of each matrix, packed.
  var forward: [Scalar]
  /// W of each matrix, packed; empty where no gradient is wanted.
  var backward: [Scalar]
  /// Where each matrix begins in `forward` and in `backward`, by entry.
  let forwardOffsets: [Int]
  let backwardOffsets: [Int]

  /// Parameters prepared for computing.
  ///
  /// - Parameters:
  ///   - parameters: The numbers.
  ///   - purpose: Whether gradients will be asked for.
  public init(_ parameters: Parameters<Scalar>, for purpose: WeightPurpose) {
    layout = parameters.layout
    var forwardOffsets: [Int] = []
    var backwardOffsets: [Int] = []
    var forwardCount = 0
    var backwardCount = 0
    for entry in layout.entries {
      forwardOffsets.append(forwardCount)
      backwardOffsets.append(backwardCount)
      guard entry.shape.count == 2 else { continue }
      forwardCount += Multiply.packedCount(k: entry.shape[1], n: entry.shape[0])
      backwardCount += Multiply.packedCount(k: entry.shape[0], n: entry.shape[1])
    }
    self.forwardOffsets = forwardOffsets
    self.backwardOffsets = backwardOffsets
    plain = parameters.values
    forward = [Scalar](repeating: 0, count: forwardCount)
    backward = [Scalar](repeating: 0, count: purpose == .training ? backwardCount : 0)
    pack(parameters)
  }

  /// Takes over changed parameters into the memory it has.
  ///
  /// - Complexity: O(number of parameters): three copies.
  public mutating func refresh(_ parameters: Parameters<Scalar>) {
    parameters.values.withUnsafeBufferPointer { source in
      plain.withUnsafeMutableBufferPointer { _ = $0.update(from: source) }
    }
    pack(parameters)
  }

  private mutating func pack(_ parameters: Parameters<Scalar>) {
    let wantsBackward = !backward.isEmpty
    parameters.values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      for (index, entry) in layout.entries.enumerated() where entry.shape.count == 2 {
        let rows = entry.shape[0]
        let columns = entry.shape[1]
        forward.withUnsafeMutableBufferPointer { target in
          guard let packed = target.baseAddress else { return }
          Multiply.packTransposed(
            base + entry.offset, k: columns, n: rows, panels: Multiply.panels(rows),
            into: packed + forwardOffsets[index])
        }
        guard wantsBackward else { continue }
        backward.withUnsafeMutableBufferPointer { target in
          guard let packed = target.baseAddress else { return }
          Multiply.pack(
            base + entry.offset, stride: columns, k: rows, n: columns,
            panels: Multiply.panels(columns), into: packed + backwardOffsets[index])
        }
      }
    }
  }
}

/// What prepared parameters will be used for.
public enum WeightPurpose: Sendable {
  /// Forward passes only.
  case inference
  /// Gradients too.
  case training
}

/// A parameter by its place in the layout, found once by name so that a pass looks nothing up.
public struct ParameterID: Sendable, Hashable {
  let entry: Int
  let offset: Int
  let rows: Int
  let columns: Int

  /// The parameter called `name`.
  ///
  /// - Precondition: The layout has it.
  public init(_ name: String, in layout: ParameterLayout) {
    guard let index = layout.entries.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("There is no parameter '\(name)'.")
    }
    let found = layout.entries[index]
    entry = index
    offset = found.offset
    rows = found.shape.count == 2 ? found.shape[0] : 1
    columns = found.shape.last ?? 0
  }
}

extension Multiply {
  /// All panels of a matrix with `n` columns.
  static func panels(_ n: Int) -> Range<Int> { 0..<(n + panel - 1) / panel }
}
