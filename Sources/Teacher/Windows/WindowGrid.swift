import Core

/// The windows that can be written, with the distinct ends that they have.
struct WindowGrid: Sendable {
  /// Every window.
  let windows: [Interval]

  /// The distinct starts and ends, and which of them each window has.
  let starts: GridAxis
  let ends: GridAxis

  /// The windows among answers.
  init(_ answers: [any Answer]) {
    windows = answers.compactMap { $0 as? Interval }
    starts = GridAxis(windows.map(\.start))
    ends = GridAxis(windows.map(\.end))
  }
}

/// The distinct values that one end of the grid's windows takes.
struct GridAxis: Sendable {
  /// Distinct values, ascending, in seconds.
  let values: [Double]

  /// Which of `values` each window has.
  let indices: [Int32]

  /// The distinct values of a column.
  init(_ column: [Double]) {
    let values = Set(column).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, Int32($0)) })
    self.values = values
    indices = column.map { numbers[$0] ?? 0 }
  }
}
