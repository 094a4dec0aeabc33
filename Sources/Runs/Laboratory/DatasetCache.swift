internal import Core
internal import Plugins
internal import Synchronization
internal import Tasks

/// The data that a process has made last, by what was written.
///
/// Runs that name each other are mostly about the same data: who starts from a student, asks a teacher and looks where a third
/// chose would make it once for each, and once more for each of their own past. Measured on a reading of the small K-frames
/// experiment: 41 s before, most of it 1,500 videos drawn eight times.
package final class DatasetCache: Sendable {
  private struct Key: Hashable {
    var value: ConfigurationValue
    var seed: Seed
  }

  private let known = Mutex<[(key: Key, dataset: Dataset)]>([])
  /// As many as a run with a stage of other data and some past needs; older ones are let go.
  private static let capacity = 4

  /// Nothing yet.
  init() {}

  /// The data that was made of a value and a seed, or what `make` makes of them now.
  func dataset(
    _ value: ConfigurationValue, _ seed: Seed, orMake make: () async throws -> Dataset
  ) async rethrows -> Dataset {
    let key = Key(value: value, seed: seed)
    if let found = known.withLock({ $0.first { $0.key == key }?.dataset }) { return found }
    let made = try await make()
    known.withLock {
      $0.insert((key, made), at: 0)
      $0 = Array($0.prefix(Self.capacity))
    }
    return made
  }
}

extension Laboratory {
  /// The data that a configuration names.
  ///
  /// - Parameters:
  ///   - value: What it writes.
  ///   - path: Where it writes it, for errors.
  ///   - seed: The run's.
  /// - Returns: The data.
  /// - Throws: What is wrong with the configuration or the data.
  func dataset(
    _ value: ConfigurationValue, at path: String, in seed: Seed
  ) async throws -> Dataset {
    try await madeData.dataset(value, seed) {
      try await datasets.connect(value, at: path, in: seed)
    }
  }
}
