/// How the numbers of a matrix that is never trained are kept.
///
/// Whole numbers of few bits with a scale and an offset a group are the block formats of GGUF files: widened here, each number
/// has the bits that the file's own widening gives it.
public enum MatrixCode: Sendable, Hashable {
  /// `(q − bias)·scale + offset`, q of four bits.
  case nibbles(bias: Int)
  /// `(q − bias)·scale + offset`, q of eight bits.
  case bytes(bias: Int)
  /// Half precision as it stands.
  case half
  /// The upper half of single precision.
  case brain

  /// Columns that share a scale and an offset.
  public static var group: Int { 32 }

  /// Bits of a number.
  public var bits: Int {
    switch self {
    case .nibbles: 4
    case .bytes: 8
    case .half, .brain: 16
    }
  }

  /// What is taken from a code before its scale.
  var bias: Int {
    switch self {
    case .nibbles(let bias), .bytes(let bias): bias
    case .half, .brain: 0
    }
  }

  /// Whether groups have scales and offsets.
  public var isScaled: Bool { bits < 16 }

  /// Numbers in a word.
  var perWord: Int { 32 / bits }
}

/// Some rows of a matrix in its code.
public struct CodedRows: Sendable {
  /// One code a number, row-major.
  public var codes: [UInt16]
  /// One scale a group, row-major; none for codes without.
  public var scales: [Float]
  /// One offset a group, row-major; none for codes without.
  public var offsets: [Float]

  /// Rows.
  public init(codes: [UInt16], scales: [Float] = [], offsets: [Float] = []) {
    self.codes = codes
    self.scales = scales
    self.offsets = offsets
  }
}

/// A matrix as panels of 16 columns in its code: the right-hand side of a product, widened a piece at a time.
///
/// A word holds one lane's codes of neighbouring depths, so that eight lanes are widened by shifts and masks of whole vectors.
/// Scales belong to a lane and 32 depths where the lanes are rows of the matrix (x·Wᵀ), and to a depth and all 16 lanes where
/// they are columns (y·W).
struct CodedPanels: Sendable {
  let code: MatrixCode
  /// Terms of a sum.
  let depth: Int
  /// Columns of the product.
  let lanes: Int
  /// Whether a lane is a row of the matrix.
  let lanesAreRows: Bool
  /// Where its words begin among all words, and its scales among all scales.
  let firstWord: Int
  let firstScale: Int

  /// Panels behind those that were counted so far.
  init(
    code: MatrixCode, depth: Int, lanes: Int, lanesAreRows: Bool,
    _ counts: inout (words: Int, scales: Int)
  ) {
    self.code = code
    self.depth = depth
    self.lanes = lanes
    self.lanesAreRows = lanesAreRows
    firstWord = counts.words
    firstScale = counts.scales
    counts.words += words
    counts.scales += scales
  }

  /// Words of a panel.
  var panelWords: Int { (depth + code.perWord - 1) / code.perWord * Multiply.panel }

  /// Scales of a panel; where lanes are columns two panels share theirs.
  var panelScales: Int {
    guard code.isScaled else { return 0 }
    return lanesAreRows ? groups(depth) * Multiply.panel : depth
  }

  /// Words in all.
  var words: Int { panelWords * Multiply.panels(lanes).count }

  /// Scales in all.
  var scales: Int {
    guard code.isScaled else { return 0 }
    return lanesAreRows ? panelScales * Multiply.panels(lanes).count : panelScales * groups(lanes)
  }

  /// Where a panel's scales begin.
  func scaleOffset(panel: Int) -> Int {
    firstScale + (lanesAreRows ? panel : panel * Multiply.panel / MatrixCode.group) * panelScales
  }

  private func groups(_ count: Int) -> Int { (count + MatrixCode.group - 1) / MatrixCode.group }

  /// Puts codes of rows into their places.
  func place(_ rows: Range<Int>, _ source: CodedRows, columns: Int, in memory: CodedPlaces) {
    source.codes.withUnsafeBufferPointer { codes in
      for (index, row) in rows.enumerated() {
        guard let codes = codes.baseAddress.map({ $0 + index * columns }) else { return }
        if lanesAreRows {
          placeLane(row, codes, memory.words.pointer + firstWord)
        } else {
          placeStep(row, codes, memory.words.pointer + firstWord)
        }
        if code.isScaled { placeScales(row, index, source, memory) }
      }
    }
  }

  /// One lane, all depths.
  private func placeLane(
    _ lane: Int, _ codes: UnsafePointer<UInt16>, _ words: UnsafeMutablePointer<UInt32>
  ) {
    let target = words + lane / Multiply.panel * panelWords + lane % Multiply.panel
    let (bits, perWord) = (UInt32(code.bits), code.perWord)
    for word in 0..<panelWords / Multiply.panel {
      var value: UInt32 = 0
      for place in 0..<min(perWord, depth - word * perWord) {
        value |= UInt32(codes[word * perWord + place]) &<< (UInt32(place) &* bits)
      }
      target[word * Multiply.panel] = value
    }
  }

  /// One depth, all lanes.
  private func placeStep(
    _ step: Int, _ codes: UnsafePointer<UInt16>, _ words: UnsafeMutablePointer<UInt32>
  ) {
    let (word, place) = step.quotientAndRemainder(dividingBy: code.perWord)
    let shift = UInt32(place * code.bits)
    for panel in Multiply.panels(lanes) {
      let first = panel * Multiply.panel
      let target = words + panel * panelWords + word * Multiply.panel
      for lane in 0..<min(Multiply.panel, lanes - first) {
        target[lane] |= UInt32(codes[first + lane]) &<< shift
      }
    }
  }

  private func placeScales(_ row: Int, _ index: Int, _ source: CodedRows, _ memory: CodedPlaces) {
    let groups = groups(lanesAreRows ? depth : lanes)
    let bias = Float(code.bias)
    for group in 0..<groups {
      let target =
        lanesAreRows
        ? firstScale + row / Multiply.panel * panelScales + group * Multiply.panel
          + row % Multiply.panel
        : firstScale + group * panelScales + row
      memory.scales.pointer[target] = source.scales[index * groups + group]
      // (q − bias)·scale + offset as q·scale + (offset − bias·scale): exact, since one of bias and offset is 0 in every format.
      memory.offsets.pointer[target] =
        source.offsets[index * groups + group] - bias * source.scales[index * groups + group]
    }
  }
}
