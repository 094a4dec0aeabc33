import Core
import Plugins
import Synchronization
import Tasks
import Testing

@testable import Runs

@Suite("The data that was made last")
final class DatasetCacheTests {
  private let made = Mutex(0)
  private let cache = DatasetCache()

  private func dataset(_ name: String, _ seed: UInt64) async throws -> Dataset {
    try await cache.dataset(ConfigurationValue(.string(name)), Seed(seed)) {
      made.withLock { $0 += 1 }
      let prompt = Prompt(
        id: "\(name) \(seed)", video: "v", query: "q", evidence: .none, truth: [])
      return try Dataset(name: name, train: [], dev: [prompt])
    }
  }

  private var count: Int { made.withLock { $0 } }

  @Test("is made once for a value and a seed, and is nobody else's")
  func once() async throws {
    for _ in 0..<3 {
      #expect(try await dataset("a", 1).dev[0].id == "a 1")
      #expect(try await dataset("a", 2).dev[0].id == "a 2")
      #expect(try await dataset("b", 1).dev[0].id == "b 1")
    }
    #expect(count == 3)
  }

  @Test("is let go of when others were made after it, and what could not be made is tried again")
  func bounded() async throws {
    for name in ["a", "b", "c", "d", "e"] { _ = try await dataset(name, 1) }
    #expect(try await dataset("e", 1).name == "e" && count == 5)
    #expect(try await dataset("a", 1).name == "a" && count == 6)
    struct Refusal: Error {}
    let value = ConfigurationValue(.string("f"))
    await #expect(throws: Refusal.self) {
      _ = try await cache.dataset(value, Seed(1)) { throw Refusal() }
    }
    #expect(try await dataset("f", 1).name == "f")
  }
}
