internal import Synchronization

/// A gradient in a fixed number of parts, each summed in a fixed order by whichever thread takes it.
///
/// The number of parts, not of threads, decides the order of summation: the result has the same bits for any number of
/// workers. The parts are added up in order when the optimizer reads them.
public struct GradientShards: Sendable {
  /// One part, with the lock that lets a thread own it for a while.
  final class Shard: Sendable {
    let values: Mutex<[Float]>
    init(count: Int) { values = Mutex([Float](repeating: 0, count: count)) }
  }

  /// The number of parts of a batch; more cores than this stay idle.
  public static let standardCount = 4

  /// The numbers a part has.
  public let layout: ParameterLayout

  let shards: [Shard]

  /// Zeros.
  public init(layout: ParameterLayout, count: Int = GradientShards.standardCount) {
    self.layout = layout
    shards = (0..<count).map { _ in Shard(count: layout.count) }
  }

  /// How many parts there are.
  public var count: Int { shards.count }

  /// The sum of all parts, in order.
  public func total() -> Parameters<Float> {
    var result = Parameters<Float>(zeros: layout)
    for shard in shards {
      shard.values.withLock { part in
        for i in result.values.indices { result.values[i] += part[i] }
      }
    }
    return result
  }
}
