/// Where the numbers of weights that are never trained come from, a matrix at a time.
public protocol FrozenSource: Sendable {
  /// How a matrix of the layout can be kept; `nil` where only its numbers are known.
  func code(of entry: ParameterLayout.Entry) -> MatrixCode?

  /// Some rows of a matrix that has a code.
  func codes(_ rows: Range<Int>, of entry: ParameterLayout.Entry) -> CodedRows

  /// The numbers of a vector, or of a matrix without a code.
  func numbers(of entry: ParameterLayout.Entry) -> [Float]
}

/// The matrices among frozen weights that are kept in their codes, for both ways through them.
struct CodedMatrices: Sendable {
  /// For each entry of the layout, Wᵀ in its code: lanes are rows of W.
  private(set) var forward: [Int: CodedPanels] = [:]
  /// For each entry of the layout, W in its code: lanes are columns of W.
  private(set) var backward: [Int: CodedPanels] = [:]
  private(set) var words: [UInt32] = []
  private(set) var scales: [Float] = []
  private(set) var offsets: [Float] = []

  /// None.
  init() {}

  /// All matrices of which a source knows the code.
  init(_ source: some FrozenSource, _ layout: ParameterLayout, for purpose: WeightPurpose) {
    var counts = (words: 0, scales: 0)
    for (index, entry) in layout.entries.enumerated() where entry.shape.count == 2 {
      guard let code = source.code(of: entry) else { continue }
      let (rows, columns) = (entry.shape[0], entry.shape[1])
      precondition(
        !code.isScaled || columns.isMultiple(of: MatrixCode.group),
        "'\(entry.name)' has \(columns) columns, no whole number of groups.")
      forward[index] = CodedPanels(
        code: code, depth: columns, lanes: rows, lanesAreRows: true, &counts)
      guard purpose == .training else { continue }
      backward[index] = CodedPanels(
        code: code, depth: rows, lanes: columns, lanesAreRows: false, &counts)
    }
    words = [UInt32](repeating: 0, count: counts.words)
    // At least one, so that they have an address.
    scales = [Float](repeating: 0, count: max(1, counts.scales))
    offsets = scales
    fill(source, layout)
  }

  /// Lends the codes to a pass.
  func lend<Scalar, Result>(
    _ body: (CodedMemory<Scalar>?) throws -> Result
  ) rethrows -> Result {
    guard !isEmpty else { return try body(nil) }
    return try words.withUnsafeBufferPointer { words in
      try scales.withUnsafeBufferPointer { scales in
        try offsets.withUnsafeBufferPointer { offsets in
          guard let words = words.baseAddress, let scales = scales.baseAddress,
            let offsets = offsets.baseAddress
          else { return try body(nil) }
          func source(_ panels: CodedPanels) -> MatrixPanels<Scalar> {
            .coded(CodedSource(panels: panels, words: words, scales: scales, offsets: offsets))
          }
          return try body(
            CodedMemory(
              forward: forward.mapValues(source), backward: backward.mapValues(source)))
        }
      }
    }
  }

  /// Bytes that they take.
  var bytes: Int { 4 * (words.count + scales.count + offsets.count) }

  /// Whether there is none.
  var isEmpty: Bool { forward.isEmpty }

  /// Reads portions of rows and puts them into both places; matrices are shared by all threads.
  private mutating func fill(_ source: some FrozenSource, _ layout: ParameterLayout) {
    let (forward, backward) = (forward, backward)
    let coded = forward.keys.sorted()
    withMemory { memory in
      Parallel.run(chunks: coded.count) { chunk in
        let index = coded[chunk]
        let entry = layout.entries[index]
        let (count, columns) = (entry.shape[0], entry.shape[1])
        // About a quarter of a million codes at a time, so that they stay in the second-level cache.
        let portion = max(1, (1 << 18) / max(1, columns))
        for first in stride(from: 0, to: count, by: portion) {
          let rows = first..<min(first + portion, count)
          let codes = source.codes(rows, of: entry)
          forward[index]?.place(rows, codes, columns: columns, in: memory)
          backward[index]?.place(rows, codes, columns: columns, in: memory)
        }
      }
    }
  }

  private mutating func withMemory(_ body: (CodedPlaces) -> Void) {
    words.withUnsafeMutableBufferPointer { words in
      scales.withUnsafeMutableBufferPointer { scales in
        offsets.withUnsafeMutableBufferPointer { offsets in
          guard let words = words.baseAddress, let scales = scales.baseAddress,
            let offsets = offsets.baseAddress
          else { return }
          body(CodedPlaces(words: Place(words), scales: Place(scales), offsets: Place(offsets)))
        }
      }
    }
  }
}

/// The coded matrices of a pass, by their entries.
struct CodedMemory<Scalar: Real> {
  let forward: [Int: MatrixPanels<Scalar>]
  let backward: [Int: MatrixPanels<Scalar>]
}

/// Where codes are written to.
struct CodedPlaces: Sendable {
  let words: Place<UInt32>
  let scales: Place<Float>
  let offsets: Place<Float>
}
