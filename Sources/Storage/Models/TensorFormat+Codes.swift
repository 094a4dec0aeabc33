extension TensorFormat {
  /// How a number is written where it can stay as it is in memory: bits of a code, and what is taken from a whole number
  /// before its block's scale; `nil` for formats that are widened when they are read.
  package var code: (bits: Int, bias: Int)? {
    switch self {
    case .half, .brain: (16, 0)
    case .q4_0: (4, 8)
    case .q4_1: (4, 0)
    case .q5_0: (8, 16)
    case .q5_1: (8, 0)
    case .q8_0: (8, 128)
    default: nil
    }
  }

  /// Takes blocks apart: `(code − bias)·scale + offset` is what `widen` gives, number for number.
  ///
  /// - Precondition: `code` is not `nil`.
  func codes(
    _ source: UnsafeRawPointer, blocks: Int, into codes: inout [UInt16], _ scales: inout [Float],
    _ offsets: inout [Float]
  ) {
    for block in 0..<blocks {
      let block = source + block * blockBytes
      switch self {
      case .q4_0:
        append(block.half(0), 0, &scales, &offsets)
        codes.append(nibbles: block + 2)
      case .q4_1:
        append(block.half(0), block.half(2), &scales, &offsets)
        codes.append(nibbles: block + 4)
      case .q5_0:
        append(block.half(0), 0, &scales, &offsets)
        codes.append(
          nibbles: block + 6, fifth: block.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
      case .q5_1:
        append(block.half(0), block.half(2), &scales, &offsets)
        codes.append(
          nibbles: block + 8, fifth: block.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      case .q8_0:
        append(block.half(0), 0, &scales, &offsets)
        for i in 0..<32 { codes.append(UInt16(block.byte(2 + i) ^ 0x80)) }
      default: codes.append(block.loadUnaligned(as: UInt16.self))
      }
    }
  }

  private func append(
    _ scale: Float, _ offset: Float, _ scales: inout [Float], _ offsets: inout [Float]
  ) {
    scales.append(scale)
    offsets.append(offset)
  }
}

extension [UInt16] {
  /// 32 codes of 16 bytes: low nibbles first, then high nibbles, each with its fifth bit.
  fileprivate mutating func append(nibbles: UnsafeRawPointer, fifth: UInt32 = 0) {
    for i in 0..<16 { append(UInt16(nibbles.byte(i) & 15) | UInt16(fifth >> UInt32(i) & 1) << 4) }
    for i in 0..<16 {
      append(UInt16(nibbles.byte(i) >> 4) | UInt16(fifth >> UInt32(i + 16) & 1) << 4)
    }
  }
}

extension StoredTensor {
  /// Some rows as they are written.
  ///
  /// - Parameters:
  ///   - range: Which rows.
  ///   - codes: One more a number.
  ///   - scales: One more a block of 32, for formats of blocks.
  ///   - offsets: One more a block of 32, for formats of blocks.
  /// - Precondition: The rows exist, and the format has a code.
  package func readCodes(
    _ range: Range<Int>, into codes: inout [UInt16], scales: inout [Float],
    offsets: inout [Float]
  ) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rows,
      "Rows \(range) were asked of \(rows) in '\(name)'.")
    file.withBytes(place(range)) { source in
      guard let source = source.baseAddress else { return }
      format.codes(
        source, blocks: range.count * columns / format.blockSize, into: &codes, &scales, &offsets)
    }
  }
}
