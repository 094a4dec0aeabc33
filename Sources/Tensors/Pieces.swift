/// How work on neighbouring items (panels, rows, heads) is cut for threads that have nothing else to do.
///
/// Pieces are ranges of results that are each computed as they are alone, so nothing depends on how many there are. Those of a
/// pass that shares the threads with others find no helper, and run one after another.
struct Pieces {
  /// What a piece is worth at least, in multiplications of the product kernel: about 5 µs, where handing it over takes less than one.
  private static let least = 1 << 18

  /// More pieces than threads, so that a thread that lost its processor leaves little undone; few, because threads write to
  /// neighbouring lines where pieces meet (8 rows through a matrix of 576 × 576 took 51 µs in 10 pieces and 63 in 16).
  private static let perThread = 4

  /// How many there are.
  let count: Int
  /// Seats that need memory of their own.
  let seats: Int
  private let items: Int

  /// Pieces of `items`, each of which takes as long as `work` multiplications of the product kernel.
  init(_ items: Int, work: Int) {
    let threads = Parallel.threads
    self.items = items
    count =
      threads == 1 ? 1 : max(1, min(items, items * work / Self.least, Self.perThread * threads))
    seats = min(threads, count)
  }

  /// All of it in one.
  static func one(_ items: Int) -> Pieces { Pieces(items, work: 0) }

  /// Pieces of rows of numbers that are read, changed and written.
  init(rows: Int, columns: Int) { self.init(rows, work: 16 * columns) }

  /// Runs `body` once for each piece, on any thread.
  ///
  /// - Parameter body: Gets the piece's items and its seat; it touches nothing that another piece or seat does.
  func forEach(_ body: (_ items: Range<Int>, _ seat: Int) -> Void) {
    guard count > 1 else { return body(0..<items, 0) }
    Helpers.all.run(chunks: count, seats: seats, isShort: true) { piece, seat in
      body(items * piece / count..<items * (piece + 1) / count, seat)
    }
  }
}
