/// Memory that is used again: buffers are handed out by size and handed back, and the system is asked only for the first.
///
/// After the first step every request is served from what came back, so a training step in steady state allocates no
/// buffer (`misses` stays put).
final class Arena<Scalar: Real> {
  /// How often the system had to be asked.
  private(set) var misses = 0
  /// Bytes held, in use or waiting.
  private(set) var bytes = 0

  private var free: [[UnsafeMutablePointer<Scalar>]] = []
  private var owned: [UnsafeMutableRawPointer] = []

  deinit { for pointer in owned { pointer.deallocate() } }

  /// A buffer of at least `count` numbers, with arbitrary contents.
  func take(_ count: Int) -> Buffer<Scalar> {
    let level = Self.level(count)
    while free.count <= level { free.append([]) }
    if let pointer = free[level].popLast() {
      return Buffer(pointer: pointer, count: count, level: level)
    }
    let size = Self.capacity(level) * MemoryLayout<Scalar>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    owned.append(raw)
    misses += 1
    bytes += size
    return Buffer(
      pointer: raw.bindMemory(to: Scalar.self, capacity: Self.capacity(level)), count: count,
      level: level)
  }

  /// Takes a buffer back.
  func give(_ buffer: Buffer<Scalar>) { free[buffer.level].append(buffer.pointer) }

  // Sizes grow by a quarter octave, so that ragged batches find each other's buffers and waste little.
  private static func level(_ count: Int) -> Int {
    var level = 0
    while capacity(level) < count { level += 1 }
    return level
  }

  private static func capacity(_ level: Int) -> Int {
    let octave = level / 4
    return (1024 << octave) / 4 * (4 + level % 4)
  }
}

/// A stretch of an arena's memory.
struct Buffer<Scalar: Real> {
  let pointer: UnsafeMutablePointer<Scalar>
  let count: Int
  let level: Int
}
