import Testing

@testable import Tensors

/// One matrix in a code, with a vector that nothing reads, and the numbers it stands for.
struct RandomCodes: FrozenSource {
  let code: MatrixCode?
  let layout: ParameterLayout
  let rows: CodedRows
  let numbers: [Float]

  init(_ code: MatrixCode, rows: Int, columns: Int) {
    var layout = ParameterLayout()
    layout.append("norm", shape: [columns])
    layout.append("w", shape: [rows, columns])
    self.layout = layout
    self.code = code
    var state: UInt64 = 11
    func random(below limit: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33 % limit
    }
    let groups = rows * columns / MatrixCode.group
    let scales = (0..<groups).map { _ in Float(random(below: 2000)) / 1024 - 1 }
    let offsets = (0..<groups).map { _ in Float(random(below: 2000)) / 512 - 2 }
    let codes = (0..<rows * columns).map { _ in
      // Of 16 bits those below the largest exponent: numbers that products can be compared of.
      UInt16(random(below: code.bits == 16 ? 0x4000 : 1 << UInt64(code.bits)))
    }
    self.rows = CodedRows(
      codes: codes, scales: code.isScaled ? scales : [], offsets: code.isScaled ? offsets : [])
    numbers = codes.enumerated().map { index, q in
      let group = index / MatrixCode.group
      switch code {
      case .nibbles(let bias), .bytes(let bias):
        return (Float(q) - Float(bias)) * scales[group] + offsets[group]
      case .half: return Float(Float16(bitPattern: q))
      case .brain: return Float(bitPattern: UInt32(q) << 16)
      }
    }
  }

  func code(of entry: ParameterLayout.Entry) -> MatrixCode? { code }

  func codes(_ range: Range<Int>, of entry: ParameterLayout.Entry) -> CodedRows {
    let columns = entry.shape[1]
    let own = range.lowerBound * columns..<range.upperBound * columns
    guard code?.isScaled == true else { return CodedRows(codes: Array(rows.codes[own])) }
    let groups = own.lowerBound / MatrixCode.group..<own.upperBound / MatrixCode.group
    return CodedRows(
      codes: Array(rows.codes[own]), scales: Array(rows.scales[groups]),
      offsets: Array(rows.offsets[groups]))
  }

  func numbers(of entry: ParameterLayout.Entry) -> [Float] {
    entry.name == "w" ? numbers : [Float](repeating: 1, count: entry.count)
  }

  var parameters: Parameters<Float> {
    var result = Parameters<Float>(zeros: layout)
    result["norm"] = numbers(of: layout.entries[0])
    result["w"] = numbers
    return result
  }
}

@Suite("Matrices in codes")
struct CodedMatrixTests {
  /// Values and the gradient in the input of `norm(x)·Wᵀ` and of rows of W.
  private func pass(_ weights: Weights<Float>, rows: Int) -> [[Float]] {
    let w = ParameterID("w", in: weights.layout)
    let norm = ParameterID("norm", in: weights.layout)
    let inputs = (0..<rows * w.columns).map { Float($0 * 7919 % 1009) / 500 - 1 }
    let sink = GradientSink<Float>()
    var values: [Float] = []
    var looked: [Float] = []
    var gradient = [Float](repeating: 0, count: weights.layout.count)
    Tape<Float>().run(weights, addingGradientTo: &gradient) { tape in
      let x = tape.leaf(inputs, rows: rows, columns: w.columns, gradient: sink)
      looked = tape.values(
        tape.compose([.token(0), .token(w.rows - 1), .token(17)], projected: nil, table: w))
      let y = tape.linear(tape.rmsNorm(x, norm, epsilon: 1e-5), w)
      values = tape.values(y)
      tape.backward(from: y)
    }
    return [values, looked, sink.values]
  }

  @Test(
    "give the bits of their numbers, there and back, for any number of rows",
    arguments: [
      MatrixCode.nibbles(bias: 8), .nibbles(bias: 0), .bytes(bias: 128), .bytes(bias: 16), .half,
      .brain,
    ])
  func sameBits(code: MatrixCode) {
    // More depth than a piece both ways, and no whole number of panels.
    for (rows, columns) in [(403, 416), (18, 32), (45, 384)] {
      let source = RandomCodes(code, rows: rows, columns: columns)
      let coded = Weights(frozen: source, source.layout, for: .training)
      let numbers = Weights(source.parameters, for: .training)
      #expect(numbers.codes.isEmpty && !coded.codes.isEmpty && coded.forward.isEmpty)
      for m in [1, 5, 8, 23] {
        #expect(pass(coded, rows: m) == pass(numbers, rows: m), "\(m) × \(rows) × \(columns)")
      }
    }
  }

  @Test("of 16 bits need no whole number of groups", arguments: [MatrixCode.half, .brain])
  func oddColumns(code: MatrixCode) {
    let source = RandomCodes(code, rows: 21, columns: 45)
    let coded = Weights(frozen: source, source.layout, for: .training)
    #expect(pass(coded, rows: 3) == pass(Weights(source.parameters, for: .training), rows: 3))
  }

  @Test("widen every half-precision number as the processor does")
  func halves() {
    struct All: FrozenSource {
      func code(of entry: ParameterLayout.Entry) -> MatrixCode? { .half }
      func codes(_ rows: Range<Int>, of entry: ParameterLayout.Entry) -> CodedRows {
        CodedRows(codes: rows.flatMap { row in (0..<256).map { UInt16(row * 256 + $0) } })
      }
      func numbers(of entry: ParameterLayout.Entry) -> [Float] { [] }
    }
    var layout = ParameterLayout()
    layout.append("w", shape: [256, 256])
    let weights = Weights(frozen: All(), layout, for: .inference)
    let table = ParameterID("w", in: layout)
    Tape<Float>().run(weights) { tape in
      let found = tape.values(
        tape.compose((0..<256).map { .token($0) }, projected: nil, table: table))
      for code in 0..<65536 {
        let expected = Float(Float16(bitPattern: UInt16(code)))
        #expect(found[code] == expected || found[code].isNaN && expected.isNaN, "\(code)")
      }
    }
  }
}
