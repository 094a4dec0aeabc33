/// Parameters laid out for computing: every matrix packed into panels, once for the forward and once for the backward pass.
///
/// Made from `Parameters` after each update and then only read, by as many threads as there are. It shares no storage with
/// the parameters, so an optimizer can change those in place while nobody computes.
public struct Weights<Scalar: Real>: Sendable {
  /// What the parameters are called and where they lie.
  public let layout: ParameterLayout

  /// The vectors as they stand, one after another.
  var vectors: [Scalar]
  /// Wᵀ of each matrix, packed.
  var forward: [Scalar]
  /// W of each matrix, packed; empty until gradients are wanted.
  var backward: [Scalar] = []
  /// Where each entry begins: a vector in `vectors`, a matrix in `forward`.
  let forwardOffsets: [Int]
  /// Where each matrix begins in `backward`.
  let backwardOffsets: [Int]

  private let backwardCount: Int

  /// Parameters prepared for computing.
  ///
  /// - Parameters:
  ///   - parameters: The numbers.
  ///   - purpose: Whether gradients will be asked for.
  public init(_ parameters: Parameters<Scalar>, for purpose: WeightPurpose) {
    layout = parameters.layout
    var forwardOffsets: [Int] = []
    var backwardOffsets: [Int] = []
    var vectorCount = 0
    var forwardCount = 0
    var backwardCount = 0
    for entry in layout.entries {
      backwardOffsets.append(backwardCount)
      guard entry.shape.count == 2 else {
        forwardOffsets.append(vectorCount)
        vectorCount += entry.count
        continue
      }
      forwardOffsets.append(forwardCount)
      forwardCount += Multiply.packedCount(k: entry.shape[1], n: entry.shape[0])
      backwardCount += Multiply.packedCount(k: entry.shape[0], n: entry.shape[1])
    }
    self.forwardOffsets = forwardOffsets
    self.backwardOffsets = backwardOffsets
    self.backwardCount = backwardCount
    vectors = [Scalar](repeating: 0, count: vectorCount)
    forward = [Scalar](repeating: 0, count: forwardCount)
    refresh(parameters, for: purpose)
  }

  /// What the weights are ready for.
  public var purpose: WeightPurpose { backward.isEmpty ? .inference : .training }

  /// Takes over changed parameters into the memory it has; once prepared for gradients, it stays so.
  ///
  /// - Complexity: O(number of parameters): two copies, shared by all threads.
  public mutating func refresh(
    _ parameters: Parameters<Scalar>, for purpose: WeightPurpose = .inference
  ) {
    if purpose == .training, backward.isEmpty {
      backward = [Scalar](repeating: 0, count: backwardCount)
    }
    let layout = layout
    let (forwardOffsets, backwardOffsets) = (forwardOffsets, backwardOffsets)
    parameters.values.withUnsafeBufferPointer { source in
      vectors.withUnsafeMutableBufferPointer { vectors in
        forward.withUnsafeMutableBufferPointer { forward in
          backward.withUnsafeMutableBufferPointer { backward in
            guard let source = source.baseAddress, let forward = forward.baseAddress else { return }
            let places = (
              source: Place(UnsafeMutablePointer(mutating: source)), forward: Place(forward),
              vectors: vectors.baseAddress.map(Place.init),
              // An empty array has an address, too.
              backward: backward.isEmpty ? nil : backward.baseAddress.map(Place.init)
            )
            Parallel.run(chunks: layout.entries.count) { index in
              let entry = layout.entries[index]
              let values = UnsafePointer(places.source.pointer + entry.offset)
              guard entry.shape.count == 2 else {
                places.vectors.map { $0.pointer + forwardOffsets[index] }?
                  .update(from: values, count: entry.count)
                return
              }
              let (rows, columns) = (entry.shape[0], entry.shape[1])
              Multiply.packTransposed(
                values, k: columns, n: rows, panels: Multiply.panels(rows),
                into: places.forward.pointer + forwardOffsets[index])
              guard let backward = places.backward else { return }
              Multiply.pack(
                values, stride: columns, k: rows, n: columns, panels: Multiply.panels(columns),
                into: backward.pointer + backwardOffsets[index])
            }
          }
        }
      }
    }
  }
}

/// What prepared parameters will be used for.
public enum WeightPurpose: Sendable, Comparable {
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
