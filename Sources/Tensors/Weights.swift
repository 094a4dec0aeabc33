/// Parameters laid out for computing: every matrix packed into panels, once for the forward and once for the backward pass.
///
/// Made from `Parameters` after each update and then only read, by as many threads as there are. It shares no storage with
/// the parameters, so an optimizer can change those in place while nobody computes.
public struct Weights<Scalar: Real>: Sendable {
  /// What the parameters are called and where they lie.
  public let layout: ParameterLayout

  /// What the weights are ready for.
  public private(set) var purpose: WeightPurpose

  /// The vectors as they stand, one after another.
  var vectors: [Scalar]
  /// Wᵀ of each matrix, packed.
  var forward: [Scalar]
  /// W of each matrix, packed; empty until gradients are wanted.
  var backward: [Scalar] = []
  /// The matrices that are kept in a code instead.
  let codes: CodedMatrices
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
    self.init(parameters.layout, CodedMatrices(), for: .inference)
    refresh(parameters, for: purpose)
  }

  /// Room for the numbers of a layout.
  fileprivate init(_ layout: ParameterLayout, _ codes: CodedMatrices, for purpose: WeightPurpose) {
    self.layout = layout
    self.codes = codes
    self.purpose = purpose
    var (forwardOffsets, backwardOffsets): ([Int], [Int]) = ([], [])
    var (vectorCount, forwardCount, backwardCount) = (0, 0, 0)
    for (index, entry) in layout.entries.enumerated() {
      backwardOffsets.append(backwardCount)
      guard entry.shape.count == 2 else {
        forwardOffsets.append(vectorCount)
        vectorCount += entry.count
        continue
      }
      forwardOffsets.append(forwardCount)
      guard codes.forward[index] == nil else { continue }
      forwardCount += Multiply.packedCount(k: entry.shape[1], n: entry.shape[0])
      backwardCount += Multiply.packedCount(k: entry.shape[0], n: entry.shape[1])
    }
    self.forwardOffsets = forwardOffsets
    self.backwardOffsets = backwardOffsets
    self.backwardCount = backwardCount
    vectors = [Scalar](repeating: 0, count: vectorCount)
    forward = [Scalar](repeating: 0, count: forwardCount)
    if purpose == .training { backward = [Scalar](repeating: 0, count: backwardCount) }
  }

  /// Bytes that they take.
  public var bytes: Int {
    (vectors.count + forward.count + backward.count) * MemoryLayout<Scalar>.stride + codes.bytes
  }

  /// Takes over changed parameters into the memory it has; once prepared for gradients, it stays so.
  ///
  /// - Precondition: No matrix is kept in a code.
  /// - Complexity: O(number of parameters): two copies, shared by all threads.
  public mutating func refresh(
    _ parameters: Parameters<Scalar>, for purpose: WeightPurpose = .inference
  ) {
    precondition(codes.isEmpty, "Frozen weights take no others.")
    if purpose == .training, self.purpose == .inference {
      backward = [Scalar](repeating: 0, count: backwardCount)
      self.purpose = .training
    }
    let layout = layout
    parameters.values.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      let values = Place(UnsafeMutablePointer(mutating: source))
      withPlaces { places in
        Parallel.run(chunks: layout.entries.count) { index in
          let entry = layout.entries[index]
          places.put(UnsafePointer(values.pointer + entry.offset), index, of: entry)
        }
      }
    }
  }

  fileprivate mutating func withPlaces(_ body: (WeightPlaces<Scalar>) -> Void) {
    let (forwardOffsets, backwardOffsets) = (forwardOffsets, backwardOffsets)
    let isTraining = purpose == .training
    vectors.withUnsafeMutableBufferPointer { vectors in
      forward.withUnsafeMutableBufferPointer { forward in
        backward.withUnsafeMutableBufferPointer { backward in
          body(
            WeightPlaces(
              vectors: vectors.baseAddress.map(Place.init),
              forward: forward.baseAddress.map(Place.init),
              // An empty array has an address, too.
              backward: isTraining ? backward.baseAddress.map(Place.init) : nil,
              forwardOffsets: forwardOffsets, backwardOffsets: backwardOffsets))
        }
      }
    }
  }
}

extension Weights where Scalar == Float {
  /// Weights that are never trained, each matrix in the code in which it lies in its file: a fifth of the memory for four
  /// bits, and the same bits in every product.
  ///
  /// - Parameters:
  ///   - source: Where the numbers are.
  ///   - layout: Their names and shapes.
  ///   - purpose: Whether gradients will be asked for in what is beside them.
  /// - Complexity: Reads every number once; matrices without a code are widened one at a time.
  public init(
    frozen source: some FrozenSource, _ layout: ParameterLayout, for purpose: WeightPurpose
  ) {
    self.init(layout, CodedMatrices(source, layout, for: purpose), for: purpose)
    for (index, entry) in layout.entries.enumerated() where codes.forward[index] == nil {
      let values = source.numbers(of: entry)
      precondition(values.count == entry.count, "\(values.count) numbers for '\(entry.name)'.")
      values.withUnsafeBufferPointer { values in
        guard let values = values.baseAddress else { return }
        withPlaces { $0.put(values, index, of: entry) }
      }
    }
  }
}

/// Where weights are written to.
private struct WeightPlaces<Scalar: Real>: Sendable {
  let vectors: Place<Scalar>?
  let forward: Place<Scalar>?
  let backward: Place<Scalar>?
  let forwardOffsets: [Int]
  let backwardOffsets: [Int]

  /// Copies a vector; packs a matrix, for the way back too where that is wanted.
  func put(_ values: UnsafePointer<Scalar>, _ index: Int, of entry: ParameterLayout.Entry) {
    guard entry.shape.count == 2 else {
      vectors.map { $0.pointer + forwardOffsets[index] }?.update(from: values, count: entry.count)
      return
    }
    let (rows, columns) = (entry.shape[0], entry.shape[1])
    guard let forward else { return }
    Multiply.packTransposed(
      values, k: columns, n: rows, panels: Multiply.panels(rows),
      into: forward.pointer + forwardOffsets[index])
    guard let backward else { return }
    Multiply.pack(
      values, stride: columns, k: rows, n: columns, panels: Multiply.panels(columns),
      into: backward.pointer + backwardOffsets[index])
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
