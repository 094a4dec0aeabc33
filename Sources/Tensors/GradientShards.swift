internal import Synchronization

/// A gradient in a fixed number of parts, each summed in a fixed order by whichever thread takes it.
///
/// The number of parts, not of threads, decides the order of summation: the result has the same bits for any number of
/// workers. The parts are added up in order when the optimizer reads them.
public struct GradientShards: Sendable {
  /// One part, behind a lock that lets one thread own it for a while; it asks for memory when it is first filled.
  private final class Shard: Sendable {
    struct State {
      /// Empty before the first use.
      var values: [Float] = []
      var used = false

      mutating func clear(_ count: Int) {
        guard !values.isEmpty else { return values = [Float](repeating: 0, count: count) }
        for i in values.indices { values[i] = 0 }
      }
    }

    let state = Mutex(State())
  }

  /// The number of parts of a batch; more cores than this stay idle.
  public static let standardCount = 4

  /// The tensors a part has.
  public let layout: ParameterLayout

  private var shards: [Shard]

  /// Zeros.
  public init(layout: ParameterLayout, count: Int = GradientShards.standardCount) {
    self.layout = layout
    shards = (0..<count).map { _ in Shard() }
  }

  /// How many parts there are.
  public var count: Int { shards.count }

  /// Consecutive ranges of 0 ..< `items`, as even as they can be: which items belong to which of `count` parts.
  public static func parts(_ items: Int, count: Int) -> [Range<Int>] {
    (0..<count).map { items * $0 / count..<items * ($0 + 1) / count }
  }

  /// What a fill does with the numbers of the one before.
  public enum Filling: Sendable {
    /// It begins at zeros.
    case anew
    /// It goes on adding to what no sum has taken yet.
    case adding
  }

  /// Fills every part: `body` is called once a part, on any thread, with a tape and numbers to add to.
  ///
  /// - Returns: What the calls returned, in the order of the parts.
  public func fill<Result: Sendable>(
    _ filling: Filling = .anew,
    _ body: @Sendable (_ part: Int, Tape<Float>, inout [Float]) throws -> Result?
  ) throws -> [Result] {
    try Parallel.map(chunks: shards.count) { part in
      try shards[part].state.withLock { state in
        let isKept = filling == .adding && state.used
        if !isKept { state.clear(layout.count) }
        let result = try TapePool.withTape { try body(part, $0, &state.values) }
        state.used = isKept || result != nil
        return result
      }
    }.compactMap { $0 }
  }

  /// Gives this value memory of its own where a copy of it shares it: filling one must not be seen in the other.
  ///
  /// - Parameter filling: Whether what was filled so far is taken along.
  public mutating func detach(_ filling: Filling) {
    guard !shards.isEmpty, !isKnownUniquelyReferenced(&shards[0]) else { return }
    let old = shards
    shards = old.map { _ in Shard() }
    guard filling == .adding else { return }
    for (source, target) in zip(old, shards) {
      let kept = source.state.withLock { $0 }
      target.state.withLock { $0 = kept }
    }
  }

  /// The sum of all parts, in order, with its global norm.
  public func total() -> (gradient: Parameters<Float>, norm: Double) {
    var result = Parameters<Float>(zeros: layout)
    let norm = withSum { sum, norm in
      result.values = sum
      return norm
    }
    return (result, norm)
  }

  /// One optimizer update with the sum of all parts; none where the gradient is not finite.
  ///
  /// - Returns: The gradient's global norm before clipping.
  public func apply(
    _ optimizer: inout AdamW<Float>, to values: inout [Float], learningRate: Double
  ) -> Double {
    withSum { sum, norm in
      guard norm.isFinite else { return norm }
      optimizer.update(&values, gradient: sum, norm: norm, learningRate: learningRate)
      return norm
    }
  }

  /// Adds the parts up in the memory of the first, and lends the sum with its norm.
  private func withSum<Result>(_ body: ([Float], Double) -> Result) -> Result {
    shards[0].state.withLock { first in
      if first.values.isEmpty { first.clear(layout.count) }
      let squares = lend(shards.dropFirst(), []) { addChunks($0, to: &first.values) }
      return body(first.values, squares.squareRoot())
    }
  }

  /// Lends the numbers of all parts that were used, in order, and marks them as unused.
  private func lend(
    _ parts: ArraySlice<Shard>, _ before: [Place<Float>], _ body: ([Place<Float>]) -> Double
  ) -> Double {
    guard let next = parts.first else { return body(before) }
    return next.state.withLock { state in
      guard state.used else { return lend(parts.dropFirst(), before, body) }
      state.used = false
      return state.values.withUnsafeMutableBufferPointer { values in
        lend(parts.dropFirst(), before + (values.baseAddress.map { [Place($0)] } ?? []), body)
      }
    }
  }
}

private let chunk = 1 << 16
private let block = 1 << 12

/// Adds `sources` to `target` one after another, in one pass over memory.
///
/// - Returns: Σ target², in Double, in blocks of fixed size that are added up in order.
private func addChunks(_ sources: [Place<Float>], to target: inout [Float]) -> Double {
  let count = target.count
  let chunks = (count + chunk - 1) / chunk
  var squares = [Double](repeating: 0, count: chunks)
  target.withUnsafeMutableBufferPointer { target in
    squares.withUnsafeMutableBufferPointer { squares in
      guard let base = target.baseAddress, let sums = squares.baseAddress else { return }
      let (place, sumPlace) = (Place(base), Place(sums))
      Parallel.run(chunks: chunks) { index in
        let end = min(count, (index + 1) * chunk)
        for from in stride(from: index * chunk, to: end, by: block) {
          let size = min(block, end - from)
          let target = place.pointer + from
          for source in sources { Vectors.add(source.pointer + from, to: target, count: size) }
          sumPlace.pointer[index] += Double(dot(target, target, size))
        }
      }
    }
  }
  return squares.reduce(0, +)
}
