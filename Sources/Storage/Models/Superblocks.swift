/// Blocks of 256 numbers with scales of their own for every 16 or 32.
enum Superblocks {
  /// (d·s)·q − (m·t), two bits each; s and t share a byte for every 16 numbers.
  static func q2_K(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let (d, m) = (block.half(80), block.half(82))
    for group in 0..<16 {
      let scale = block.byte(group)
      let dl = d * Float(scale & 15)
      let ml = m * Float(scale >> 4)
      for i in 0..<16 {
        let (byte, shift) = twoBits(group, i)
        let q = block.byte(16 + byte) >> shift & 3
        target[16 * group + i] = dl * Float(q) - ml
      }
    }
  }

  /// (d·(s − 32))·(q − 4·(1 − h)), two bits and a third one each.
  static func q3_K(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let d = block.half(108)
    for group in 0..<16 {
      let low = block.byte(96 + group % 8) >> (group < 8 ? 0 : 4) & 15
      let high = block.byte(104 + group % 4) >> UInt8(2 * (group / 4)) & 3
      let dl = d * Float(Int8(low | high << 4) - 32)
      for i in 0..<16 {
        let (byte, shift) = twoBits(group, i)
        let q = Int8(block.byte(32 + byte) >> shift & 3)
        // The offset is 4 where the mask's bit is 0.
        let mask = block.byte(16 * (group % 2) + i) >> UInt8(group / 2) & 1
        target[16 * group + i] = dl * Float(q - Int8((mask ^ 1) << 2))
      }
    }
  }

  /// (d·s)·q − (m·t), four bits each.
  static func q4_K(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let (d, m) = (block.half(0), block.half(2))
    for group in 0..<8 {
      let (scale, offset) = sixBits(block + 4, group)
      let dl = d * Float(scale)
      let ml = m * Float(offset)
      for i in 0..<32 {
        let q = block.byte(16 + 32 * (group / 2) + i) >> (group % 2 == 0 ? 0 : 4) & 15
        target[32 * group + i] = dl * Float(q) - ml
      }
    }
  }

  /// (d·s)·q − (m·t), five bits each: the fifth bit of group g is bit g of 32 bytes.
  static func q5_K(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let (d, m) = (block.half(0), block.half(2))
    for group in 0..<8 {
      let (scale, offset) = sixBits(block + 4, group)
      let dl = d * Float(scale)
      let ml = m * Float(offset)
      for i in 0..<32 {
        let low = block.byte(48 + 32 * (group / 2) + i) >> (group % 2 == 0 ? 0 : 4) & 15
        let high = block.byte(16 + i) >> UInt8(group) & 1
        target[32 * group + i] = dl * Float(low | high << 4) - ml
      }
    }
  }

  /// (d·s)·(q − 32), six bits each, signed scales.
  static func q6_K(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let d = block.half(208)
    for group in 0..<8 {
      let (half, part) = (group / 4, group % 4)
      for i in 0..<32 {
        let nibbles = block.byte(64 * half + 32 * (part % 2) + i)
        let low = part < 2 ? nibbles & 15 : nibbles >> 4
        let high = block.byte(128 + 32 * half + i) >> UInt8(2 * part) & 3
        let scale = d * Float(Int8(bitPattern: block.byte(192 + 2 * group + i / 16)))
        target[32 * group + i] = scale * Float(Int8(low | high << 4) - 32)
      }
    }
  }

  /// (d·(s − 32)) times one of sixteen levels, a six-bit scale for every 32 numbers.
  static func iq4_XS(_ block: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    let highs = block.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
    for group in 0..<8 {
      let low = block.byte(4 + group / 2) >> (group % 2 == 0 ? 0 : 4) & 15
      let high = UInt8(truncatingIfNeeded: highs >> UInt16(2 * group)) & 3
      let dl = d * Float(Int8(low | high << 4) - 32)
      for i in 0..<16 {
        let q = block.byte(8 + 16 * group + i)
        target[32 * group + i] = dl * Blocks.levels[Int(q & 15)]
        target[32 * group + 16 + i] = dl * Blocks.levels[Int(q >> 4)]
      }
    }
  }

  /// Where number i of a group of 16 has its two bits: eight groups share 32 bytes, two at each shift.
  @inline(__always)
  private static func twoBits(_ group: Int, _ i: Int) -> (byte: Int, shift: UInt8) {
    (32 * (group / 8) + 16 * (group % 2) + i, UInt8(2 * (group % 8 / 2)))
  }

  /// Scale and offset of a group of 32, six bits each in twelve bytes.
  @inline(__always)
  private static func sixBits(_ scales: UnsafeRawPointer, _ group: Int) -> (UInt8, UInt8) {
    guard group >= 4 else { return (scales.byte(group) & 63, scales.byte(4 + group) & 63) }
    let shared = scales.byte(4 + group)
    return (
      shared & 15 | scales.byte(group - 4) >> 2 & 0x30,
      shared >> 4 | scales.byte(group) >> 2 & 0x30
    )
  }
}
