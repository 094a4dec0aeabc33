import Testing

@testable import Tensors

@Suite("Arena")
struct ArenaTests {
  @Test("buffers that are out at the same time share no number, whatever the order of giving back")
  func apart() {
    let arena = Arena<Float>()
    var generator = Linear(state: 1)
    var out: [(buffer: Buffer<Float>, count: Int, mark: Float)] = []
    for step in 0..<4000 {
      if step % 1000 < 900, out.count < 40, generator.below(3) > 0 || out.isEmpty {
        let count = generator.below(3000)
        let buffer = arena.take(count)
        buffer.pointer.update(repeating: Float(step), count: count)
        out.append((buffer, count, Float(step)))
      } else if !out.isEmpty {
        let (buffer, count, mark) = out.remove(at: generator.below(out.count))
        #expect(UnsafeBufferPointer(start: buffer.pointer, count: count).allSatisfy { $0 == mark })
        arena.give(buffer)
      }
    }
  }

  @Test("passes of other sizes share one slab, an eighth larger than the largest needed")
  func sharing() {
    let arena = Arena<Float>()
    let (small, large) = (1 << 12, 1 << 14)
    for sizes in [[large, small, large], [small, large, small, small], [3 * small, large]] {
      for _ in 0..<2 {
        let buffers = sizes.map { arena.take($0) }
        for buffer in buffers { arena.give(buffer) }
      }
    }
    let most = (2 * large + small) * MemoryLayout<Float>.stride
    #expect(arena.bytes >= most && arena.bytes <= most + most / 8)
    let before = arena.misses
    arena.give(arena.take(2 * large + small))
    #expect(arena.misses == before)
  }

  @Test("the lowest stretch that is long enough is handed out; neighbours that came back are one")
  func firstFit() {
    let arena = Arena<Double>()
    arena.give(arena.take(4096))
    let buffers = (0..<4).map { _ in arena.take(512) }
    arena.give(buffers[2])
    arena.give(buffers[1])
    // Merged: neither alone would do.
    let merged = arena.take(1024)
    #expect(merged.pointer == buffers[1].pointer)
    for buffer in [buffers[0], merged, buffers[3]] { arena.give(buffer) }
    #expect(arena.take(4096).pointer == buffers[0].pointer)
  }
}

/// Numbers of a linear congruence.
private struct Linear {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
