/// Merges the bytes of a piece into tokens: the earliest merge first, the leftmost of equal ones.
///
/// Scratch memory is kept between pieces, so that a piece costs no allocation.
struct PieceMerger {
  /// Above this a heap finds the next merge; below, looking at every pair does.
  ///
  /// Words are mostly shorter than 16 bytes; the scan is quadratic, and on random letters the two meet near 60.
  static let longestScanned = 48

  /// The symbols of the piece, then its tokens.
  private(set) var symbols: [UInt32] = []
  private var entries: [MergeTable.Entry] = []

  /// The tokens of `bytes[range]`, left in `symbols`.
  ///
  /// - Complexity: O(*n*²) to 48 bytes, O(*n* log *n*) above, O(*n*) memory.
  mutating func merge(_ bytes: [UInt8], _ range: Range<Int>, _ model: BytePairModel) {
    symbols.removeAll(keepingCapacity: true)
    for index in range {
      let token = model.byteTokens[Int(bytes[index])]
      if token != BytePairModel.noToken { symbols.append(token) }
    }
    guard symbols.count > 1 else { return }
    if symbols.count <= Self.longestScanned { scan(model.merges) } else { sift(model.merges) }
  }

  private mutating func scan(_ merges: MergeTable) {
    entries.removeAll(keepingCapacity: true)
    for index in 1..<symbols.count {
      entries.append(merges.find(symbols[index - 1], symbols[index]))
    }
    while true {
      var best = MergeTable.none
      var place = 0
      for index in 0..<entries.count where entries[index] < best {
        (best, place) = (entries[index], index)
      }
      guard best != MergeTable.none else { return }
      symbols[place] = UInt32(truncatingIfNeeded: best)
      symbols.remove(at: place + 1)
      entries.remove(at: place)
      if place > 0 { entries[place - 1] = merges.find(symbols[place - 1], symbols[place]) }
      if place < entries.count {
        entries[place] = merges.find(symbols[place], symbols[place + 1])
      }
    }
  }

  private mutating func sift(_ merges: MergeTable) {
    var chain = MergeChain(symbols, merges)
    chain.run()
    symbols = chain.symbols
  }
}

/// The symbols of a long piece as a linked list, and its possible merges as a heap.
private struct MergeChain {
  private struct Candidate {
    let entry: MergeTable.Entry
    let place: Int

    @inline(__always)
    static func < (a: Candidate, b: Candidate) -> Bool {
      a.entry < b.entry || a.entry == b.entry && a.place < b.place
    }
  }

  private static let gone = UInt32.max
  private var tokens: [UInt32]
  private var previous: [Int]
  private var next: [Int]
  private var heap: [Candidate] = []
  private let merges: MergeTable

  init(_ symbols: [UInt32], _ merges: MergeTable) {
    tokens = symbols
    previous = (0..<symbols.count).map { $0 - 1 }
    next = (0..<symbols.count).map { $0 + 1 }
    self.merges = merges
    for place in 0..<symbols.count { offer(place) }
  }

  var symbols: [UInt32] { tokens.filter { $0 != Self.gone } }

  mutating func run() {
    while let best = pop() {
      // A symbol that was merged since makes another pair or none; only the pair that was offered may merge.
      guard pair(at: best.place) == best.entry else { continue }
      let right = next[best.place]
      tokens[best.place] = UInt32(truncatingIfNeeded: best.entry)
      tokens[right] = Self.gone
      next[best.place] = next[right]
      if next[right] < tokens.count { previous[next[right]] = best.place }
      if previous[best.place] >= 0 { offer(previous[best.place]) }
      offer(best.place)
    }
  }

  private func pair(at place: Int) -> MergeTable.Entry {
    guard tokens[place] != Self.gone, next[place] < tokens.count else { return MergeTable.none }
    return merges.find(tokens[place], tokens[next[place]])
  }

  private mutating func offer(_ place: Int) {
    let entry = pair(at: place)
    guard entry != MergeTable.none else { return }
    let candidate = Candidate(entry: entry, place: place)
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0, candidate < heap[(child - 1) / 2] {
      heap[child] = heap[(child - 1) / 2]
      child = (child - 1) / 2
    }
    heap[child] = candidate
  }

  private mutating func pop() -> Candidate? {
    guard let first = heap.first, let moved = heap.popLast() else { return nil }
    var hole = 0
    while 2 * hole + 1 < heap.count {
      var child = 2 * hole + 1
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < moved else { break }
      heap[hole] = heap[child]
      hole = child
    }
    if !heap.isEmpty { heap[hole] = moved }
    return first
  }
}
