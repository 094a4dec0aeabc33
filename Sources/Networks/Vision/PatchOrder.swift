internal import Tensors

/// The order in which a tower sees the patches of pictures and videos, and which see each other.
struct PatchOrder {
  /// For each row of the tower the patch of the input that it holds.
  private(set) var rows: [Int] = []
  /// Where the rows of each step in time lie.
  private(set) var frames: [Range<Int>] = []
  /// Where the rows of each region lie whose patches see each other.
  private(set) var windows: [Range<Int>] = []
  /// Radians of each pair of a head, one line a row.
  private(set) var angles: [[Double]] = []
  /// For each merged row of the input where it is among the tower's.
  private(set) var restored: [Int] = []

  /// - Throws: `VisionError.grid` where squares of patches would not fill a picture.
  init(_ shape: VisionConfiguration, _ grids: [PatchGrid]) throws(VisionError) {
    let pairs = shape.headWidth / 4
    let frequencies = RotaryTable<Double>.frequencies(width: 2 * pairs, base: shape.rotaryBase)
    for grid in grids {
      guard grid.time > 0, grid.rows > 0, grid.columns > 0,
        grid.rows.isMultiple(of: shape.merge), grid.columns.isMultiple(of: shape.merge)
      else { throw .grid(grid, merge: shape.merge) }
      let places = grid.mergeOrder(shape.merge)
      for _ in 0..<grid.time {
        append(places, grid, shape) { place in
          [place.row, place.column].flatMap { at in frequencies.map { $0 * Double(at) } }
        }
      }
    }
    let square = shape.merge * shape.merge
    restored = [Int](repeating: 0, count: rows.count / square)
    for index in restored.indices { restored[rows[index * square] / square] = index }
  }

  /// Appends one step in time, region after region.
  private mutating func append(
    _ places: [(row: Int, column: Int)], _ grid: PatchGrid, _ shape: VisionConfiguration,
    _ turn: ((row: Int, column: Int)) -> [Double]
  ) {
    let first = rows.count
    let square = shape.merge * shape.merge
    let (high, wide) = (grid.rows / shape.merge, grid.columns / shape.merge)
    let side = shape.window ?? max(high, wide)
    for top in stride(from: 0, to: high, by: side) {
      for left in stride(from: 0, to: wide, by: side) {
        let start = rows.count
        for row in top..<min(top + side, high) {
          for column in left..<min(left + side, wide) {
            let patch = (row * wide + column) * square
            rows.append(contentsOf: (patch..<patch + square).map { first + $0 })
            angles.append(contentsOf: places[patch..<patch + square].map(turn))
          }
        }
        windows.append(start..<rows.count)
      }
    }
    frames.append(first..<rows.count)
  }
}
