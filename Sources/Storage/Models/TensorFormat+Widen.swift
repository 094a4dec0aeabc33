extension TensorFormat {
  /// Widens blocks to single precision.
  ///
  /// Products and sums are rounded one by one in the order of the `gguf` package (never fused), so that the bits are the
  /// same. Source of the layouts: ggml's `ggml-common.h`.
  func widen(_ source: UnsafeRawPointer, blocks: Int, into target: UnsafeMutablePointer<Float>) {
    let size = blockSize
    let stride = blockBytes
    @inline(__always)
    func each(_ body: (UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void) {
      for block in 0..<blocks { body(source + block * stride, target + block * size) }
    }
    switch self {
    case .single: each { $1.pointee = Float(bitPattern: $0.loadUnaligned(as: UInt32.self)) }
    case .half: each { $1.pointee = $0.half(0) }
    case .brain:
      each { $1.pointee = Float(bitPattern: UInt32($0.loadUnaligned(as: UInt16.self)) << 16) }
    case .double: each { $1.pointee = Float($0.loadUnaligned(as: Double.self)) }
    case .int8: each { $1.pointee = Float($0.loadUnaligned(as: Int8.self)) }
    case .int16: each { $1.pointee = Float($0.loadUnaligned(as: Int16.self)) }
    case .int32: each { $1.pointee = Float($0.loadUnaligned(as: Int32.self)) }
    case .int64: each { $1.pointee = Float($0.loadUnaligned(as: Int64.self)) }
    case .q4_0: each(Blocks.q4_0)
    case .q4_1: each(Blocks.q4_1)
    case .q5_0: each(Blocks.q5_0)
    case .q5_1: each(Blocks.q5_1)
    case .q8_0: each(Blocks.q8_0)
    case .iq4_NL: each(Blocks.iq4_NL)
    case .q2_K: each(Superblocks.q2_K)
    case .q3_K: each(Superblocks.q3_K)
    case .q4_K: each(Superblocks.q4_K)
    case .q5_K: each(Superblocks.q5_K)
    case .q6_K: each(Superblocks.q6_K)
    case .iq4_XS: each(Superblocks.iq4_XS)
    }
  }
}

extension UnsafeRawPointer {
  /// The half-precision number at an offset, widened.
  @inline(__always)
  func half(_ offset: Int) -> Float {
    Float(Float16(bitPattern: loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  /// The byte at an offset.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}

/// Blocks of 32 numbers.
enum Blocks {
  /// d·(q − 8), four bits each: low nibbles first, then high nibbles.
  static func q4_0(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    for i in 0..<16 {
      let q = block.byte(2 + i)
      target[i] = d * Float(Int8(q & 15) - 8)
      target[16 + i] = d * Float(Int8(q >> 4) - 8)
    }
  }

  /// d·q + m, four bits each.
  static func q4_1(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let (d, m) = (block.half(0), block.half(2))
    for i in 0..<16 {
      let q = block.byte(4 + i)
      target[i] = d * Float(q & 15) + m
      target[16 + i] = d * Float(q >> 4) + m
    }
  }

  /// d·(q − 16), five bits each: the fifth bits stand together.
  static func q5_0(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    let fifth = block.loadUnaligned(fromByteOffset: 2, as: UInt32.self)
    for i in 0..<16 {
      let q = block.byte(6 + i)
      let (low, high) = fifths(fifth, i)
      target[i] = d * Float(Int8(q & 15 | low) - 16)
      target[16 + i] = d * Float(Int8(q >> 4 | high) - 16)
    }
  }

  /// d·q + m, five bits each.
  static func q5_1(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let (d, m) = (block.half(0), block.half(2))
    let fifth = block.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
    for i in 0..<16 {
      let q = block.byte(8 + i)
      let (low, high) = fifths(fifth, i)
      target[i] = d * Float(q & 15 | low) + m
      target[16 + i] = d * Float(q >> 4 | high) + m
    }
  }

  /// d·q, eight bits each, signed.
  static func q8_0(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    for i in 0..<32 { target[i] = Float(Int8(bitPattern: block.byte(2 + i))) * d }
  }

  /// d times one of sixteen levels.
  static func iq4_NL(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    for i in 0..<16 {
      let q = block.byte(2 + i)
      target[i] = d * levels[Int(q & 15)]
      target[16 + i] = d * levels[Int(q >> 4)]
    }
  }

  /// The levels of IQ4_NL and IQ4_XS, spaced for normally distributed weights.
  static let levels: InlineArray<16, Float> = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ]

  /// The fifth bits of numbers i and i + 16, in their place.
  @inline(__always)
  private static func fifths(_ bits: UInt32, _ i: Int) -> (UInt8, UInt8) {
    (
      UInt8(truncatingIfNeeded: bits >> UInt32(i) & 1) << 4,
      UInt8(truncatingIfNeeded: bits >> UInt32(i + 16) & 1) << 4
    )
  }
}
