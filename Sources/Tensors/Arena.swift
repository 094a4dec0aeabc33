internal import Foundation

/// Memory that is used again: stretches are handed out first fit and merged when they come back, and the system is asked
/// only for the first pass.
///
/// Requests of all sizes share one slab, so what a teacher's pass needed serves the student's. When everything is back and
/// the slab was too small, it is replaced by one that holds all that was out at the same time, and an eighth more; from
/// then on a step allocates nothing (`misses` stays put).
final class Arena<Scalar: Real> {
  /// How often the system had to be asked.
  private(set) var misses = 0
  /// Bytes held, in use or waiting.
  var bytes: Int { slabs.reduce(0) { $0 + $1.lines } * line }

  private var slabs: [Slab] = []
  /// Ascending by address; no two touch.
  private var free: [Stretch] = []
  private var used = 0
  private var mostUsed = 0

  deinit { for slab in slabs { slab.giveBack() } }

  /// A buffer of at least `count` numbers, with arbitrary contents.
  func take(_ count: Int) -> Buffer<Scalar> {
    let lines = max(1, (count * MemoryLayout<Scalar>.stride + line - 1) / line)
    let index = free.firstIndex { $0.lines >= lines } ?? grow(by: lines)
    let start = free[index].start
    if free[index].lines == lines {
      free.remove(at: index)
    } else {
      free[index].start += lines * line
      free[index].lines -= lines
    }
    used += lines
    mostUsed = max(mostUsed, used)
    let capacity = lines * line / MemoryLayout<Scalar>.stride
    return Buffer(pointer: start.bindMemory(to: Scalar.self, capacity: capacity), lines: lines)
  }

  /// Takes a buffer back.
  func give(_ buffer: Buffer<Scalar>) {
    used -= buffer.lines
    insert(Stretch(start: UnsafeMutableRawPointer(buffer.pointer), lines: buffer.lines))
    if used == 0 { settle() }
  }

  private func insert(_ stretch: Stretch) {
    let next = free.firstIndex { $0.start > stretch.start } ?? free.count
    let touchesNext = next < free.count && stretch.end == free[next].start
    if next > 0, free[next - 1].end == stretch.start {
      free[next - 1].lines += stretch.lines
      guard touchesNext else { return }
      free[next - 1].lines += free[next].lines
      free.remove(at: next)
    } else if touchesNext {
      free[next].start = stretch.start
      free[next].lines += stretch.lines
    } else {
      free.insert(stretch, at: next)
    }
  }

  /// Replaces slabs by one, now that nothing lies in them.
  private func settle() {
    guard slabs.count > 1 else { return }
    let enough = mostUsed + mostUsed / 8
    // An eighth was not enough where stretches lay badly: then as much as it took.
    let lines = slabs[0].lines < enough ? enough : slabs.reduce(0) { $0 + $1.lines }
    for slab in slabs { slab.giveBack() }
    slabs = []
    free = []
    _ = grow(by: lines)
  }

  /// Asks the system for at least `lines`, and returns where in `free` they are.
  private func grow(by lines: Int) -> Int {
    let slab = Slab(lines: max(lines, mostUsed / 8))
    slabs.append(slab)
    misses += 1
    insert(Stretch(start: slab.start, lines: slab.lines))
    return free.firstIndex { $0.start <= slab.start && slab.start < $0.end } ?? 0
  }

  private struct Slab {
    let start: UnsafeMutableRawPointer
    let lines: Int

    init(lines: Int) {
      self.lines = lines
      // From the system itself: an allocator would keep for other uses what is given back.
      guard
        let start = mmap(
          nil, lines * line, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        start != MAP_FAILED
      else { preconditionFailure("The system has no \(lines * line) bytes left for a pass.") }
      self.start = start
    }

    func giveBack() { munmap(start, lines * line) }
  }

  private struct Stretch {
    var start: UnsafeMutableRawPointer
    var lines: Int

    var end: UnsafeMutableRawPointer { start + lines * line }
  }
}

/// Bytes of a cache line, the unit of all lengths here.
private let line = 64

/// A stretch of an arena's memory.
struct Buffer<Scalar: Real> {
  let pointer: UnsafeMutablePointer<Scalar>
  let lines: Int
}
