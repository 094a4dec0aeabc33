internal import COpenBLAS

/// Panels in a code together with the memory they lie in.
struct CodedSource {
  let panels: CodedPanels
  let words: UnsafePointer<UInt32>
  let scales: UnsafePointer<Float>
  let offsets: UnsafePointer<Float>

  /// Widens `steps` depths of a panel from `first` on, a multiple of 32, to 16 numbers each; `target` has room for them rounded up to
  /// whole words.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func widen<Scalar: Real>(
    panel: Int, from first: Int, steps: Int, into target: UnsafeMutablePointer<Scalar>
  ) {
    guard Scalar.self != Float.self else {
      let target = UnsafeMutableRawPointer(target).assumingMemoryBound(to: Float.self)
      return widenSingle(panel: panel, from: first, steps: steps, into: target)
    }
    let count = roundedSteps(steps) * Multiply.panel
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { single in
      guard let single = single.baseAddress else { return }
      widenSingle(panel: panel, from: first, steps: steps, into: single)
      for index in 0..<count { target[index] = Scalar(single[index]) }
    }
  }

  /// A row of the matrix, where lanes are rows.
  func row<Scalar: Real>(_ row: Int, into target: UnsafeMutablePointer<Scalar>) {
    let (panel, lane) = row.quotientAndRemainder(dividingBy: Multiply.panel)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Multiply.depth * Multiply.panel) {
      guard let block = $0.baseAddress else { return }
      for from in stride(from: 0, to: panels.depth, by: Multiply.depth) {
        let steps = min(Multiply.depth, panels.depth - from)
        widenSingle(panel: panel, from: from, steps: steps, into: block)
        for step in 0..<steps { target[from + step] = Scalar(block[step * Multiply.panel + lane]) }
      }
    }
  }

  private func roundedSteps(_ steps: Int) -> Int {
    (steps + panels.code.perWord - 1) / panels.code.perWord * panels.code.perWord
  }

  private func widenSingle(
    panel: Int, from first: Int, steps: Int, into target: UnsafeMutablePointer<Float>
  ) {
    var sink = WidenedSteps(target: target)
    eachStep(panel, from: first, steps, &sink)
  }

  /// Σ a[t]·B[t] over a panel's steps, for a single row: widened in registers, in the order of a tile.
  func product(
    _ a: UnsafePointer<Float>, panel: Int, from first: Int, steps: Int
  ) -> (low: SIMD8<Float>, high: SIMD8<Float>) {
    var sink = SummedSteps(a: a, steps: steps)
    eachStep(panel, from: first, steps, &sink)
    return (sink.low, sink.high)
  }

  /// Widens a panel step by step; the last word of a panel may hold more steps than were asked for.
  @inline(__always)
  private func eachStep(
    _ panel: Int, from first: Int, _ steps: Int, _ sink: inout some StepSink
  ) {
    let perWord = panels.code.perWord
    let source =
      words + panels.firstWord + panel * panels.panelWords + first / perWord * Multiply.panel
    let scaleOffset = panels.scaleOffset(panel: panel)
    let factors = Factors(
      scales: scales + scaleOffset, offsets: offsets + scaleOffset, first: first,
      lanesAreRows: panels.lanesAreRows, next: panels.panelScales)
    switch panels.code {
    case .nibbles: eachWhole(source, bits: 4, factors, steps, &sink)
    case .bytes: eachWhole(source, bits: 8, factors, steps, &sink)
    case .half: eachPair(source, steps, isHalf: true, &sink)
    case .brain: eachPair(source, steps, isHalf: false, &sink)
    }
  }

  /// Numbers of 16 bits, two a word.
  @inline(__always)
  private func eachPair(
    _ source: UnsafePointer<UInt32>, _ steps: Int, isHalf: Bool, _ sink: inout some StepSink
  ) {
    let mask = SIMD8<UInt32>(repeating: 0xffff)
    for word in 0..<(steps + 1) / 2 {
      let low = words8(source + word * Multiply.panel)
      let high = words8(source + word * Multiply.panel + 8)
      if isHalf {
        sink.take(2 * word, halves(low & mask), halves(high & mask))
        sink.take(2 * word + 1, halves(low &>> 16), halves(high &>> 16))
      } else {
        sink.take(2 * word, brains(low & mask), brains(high & mask))
        sink.take(2 * word + 1, brains(low &>> 16), brains(high &>> 16))
      }
    }
  }

  /// Whole numbers with scales.
  ///
  /// Scales are half-precision numbers and codes have at most eight bits, so q·scale is exact: fused or not, one rounding.
  @inline(__always)
  private func eachWhole(
    _ source: UnsafePointer<UInt32>, bits: UInt32, _ factors: Factors, _ steps: Int,
    _ sink: inout some StepSink
  ) {
    let perWord = Int(32 / bits)
    // q in the low bits of 2²³ is 2²³ + q: no conversion of whole numbers, which Swift makes lane by lane.
    let exponent = SIMD8<UInt32>(repeating: 0x4b00_0000)
    let mask = SIMD8<UInt32>(repeating: (1 << bits) - 1)
    let zero = SIMD8<Float>(repeating: 8_388_608)
    for word in 0..<(steps + perWord - 1) / perWord {
      var low = words8(source + word * Multiply.panel)
      var high = words8(source + word * Multiply.panel + 8)
      // The processor's own looking ahead ends with a page, and a panel is about one: the products of a token of SmolLM2-135M take
      // 16.1 ms with this and 20.4 without, on one thread.
      opd_prefetch(source + word * Multiply.panel + panels.panelWords)
      var own = factors.ofLanes(word * perWord)
      for step in word * perWord..<(word + 1) * perWord {
        if !factors.lanesAreRows { own = factors.ofStep(min(step, steps - 1)) }
        let wholeLow = unsafeBitCast(low & mask | exponent, to: SIMD8<Float>.self) - zero
        let wholeHigh = unsafeBitCast(high & mask | exponent, to: SIMD8<Float>.self) - zero
        sink.take(
          step, own.lowOffset.addingProduct(wholeLow, own.lowScale),
          own.highOffset.addingProduct(wholeHigh, own.highScale))
        low &>>= bits
        high &>>= bits
      }
    }
  }

  /// Where scales and offsets are found.
  private struct Factors {
    let scales: UnsafePointer<Float>
    let offsets: UnsafePointer<Float>
    let first: Int
    let lanesAreRows: Bool
    /// How far on those of the next panel are.
    let next: Int

    typealias Vectors = (
      lowScale: SIMD8<Float>, highScale: SIMD8<Float>, lowOffset: SIMD8<Float>,
      highOffset: SIMD8<Float>
    )

    /// Those of 16 lanes for 32 steps.
    @inline(__always)
    func ofLanes(_ step: Int) -> Vectors {
      guard lanesAreRows else { return (SIMD8(), SIMD8(), SIMD8(), SIMD8()) }
      let group = (first + step) / MatrixCode.group * Multiply.panel
      opd_prefetch(scales + group + next)
      opd_prefetch(offsets + group + next)
      return (
        load8(scales + group), load8(scales + group + 8), load8(offsets + group),
        load8(offsets + group + 8)
      )
    }

    /// That of one step, for all lanes.
    @inline(__always)
    func ofStep(_ step: Int) -> Vectors {
      let scale = SIMD8<Float>(repeating: scales[first + step])
      let offset = SIMD8<Float>(repeating: offsets[first + step])
      return (scale, scale, offset, offset)
    }
  }
}

/// What becomes of a panel's steps as they are widened.
///
/// A type, because a closure here is called for every step: 64 tokens of SmolLM2-135M took 8.1 s so, and 3.3 s with a type.
private protocol StepSink {
  /// Takes the 16 numbers of one step.
  mutating func take(_ step: Int, _ low: SIMD8<Float>, _ high: SIMD8<Float>)
}

/// Keeps them.
private struct WidenedSteps: StepSink {
  let target: UnsafeMutablePointer<Float>

  @inline(__always)
  mutating func take(_ step: Int, _ low: SIMD8<Float>, _ high: SIMD8<Float>) {
    put8(low, target + step * Multiply.panel)
    put8(high, target + step * Multiply.panel + 8)
  }
}

/// Sums their products with a row.
private struct SummedSteps: StepSink {
  let a: UnsafePointer<Float>
  let steps: Int
  var low = SIMD8<Float>()
  var high = SIMD8<Float>()

  @inline(__always)
  mutating func take(_ step: Int, _ low: SIMD8<Float>, _ high: SIMD8<Float>) {
    // Codes past the last depth are there to fill a word.
    guard step < steps else { return }
    let x = SIMD8(repeating: a[step])
    self.low.addProduct(x, low)
    self.high.addProduct(x, high)
  }
}

// Not the generic ones of the product kernel: in a debug build, a file at a time, those of another file are called.

/// Eight numbers from memory of any alignment.
@inline(__always)
private func load8(_ p: UnsafePointer<Float>) -> SIMD8<Float> {
  UnsafeRawPointer(p).loadUnaligned(as: SIMD8<Float>.self)
}

/// Eight numbers to memory of any alignment.
@inline(__always)
private func put8(_ value: SIMD8<Float>, _ p: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(p).storeBytes(of: value, as: SIMD8<Float>.self)
}

/// Eight words.
@inline(__always)
private func words8(_ p: UnsafePointer<UInt32>) -> SIMD8<UInt32> {
  UnsafeRawPointer(p).loadUnaligned(as: SIMD8<UInt32>.self)
}

/// Half-precision numbers in the low bits of eight words, widened.
@inline(__always)
private func halves(_ codes: SIMD8<UInt32>) -> SIMD8<Float> {
  let magnitude = unsafeBitCast((codes & 0x7fff) &<< 13, to: SIMD8<Float>.self)
  // The exponent's bias is 15 there and 127 here; numbers below the normal ones come out right, too.
  var bits = unsafeBitCast(magnitude * SIMD8(repeating: 0x1p112), to: SIMD8<UInt32>.self)
  // Infinite ones keep the largest exponent.
  bits.replace(with: bits | 0x7f80_0000, where: (codes & 0x7c00) .== 0x7c00)
  return unsafeBitCast(bits | (codes & 0x8000) &<< 16, to: SIMD8<Float>.self)
}

/// Upper halves of single-precision numbers in the low bits of eight words.
@inline(__always)
private func brains(_ codes: SIMD8<UInt32>) -> SIMD8<Float> {
  unsafeBitCast(codes &<< 16, to: SIMD8<Float>.self)
}
