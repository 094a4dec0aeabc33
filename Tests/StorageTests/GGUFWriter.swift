import Storage

/// Writes small GGUF files, right and wrong ones.
struct GGUFWriter {
  var values: [(key: String, kind: UInt32, bytes: [UInt8])] = []
  var tensors: [(name: String, shape: [UInt64], kind: UInt32, offset: UInt64)] = []
  var body: [UInt8] = []
  var alignment = 32

  static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  static func text(_ text: String) -> [UInt8] {
    little(UInt64(text.utf8.count)) + Array(text.utf8)
  }

  var bytes: [UInt8] {
    var result = Array("GGUF".utf8) + Self.little(UInt32(3)) + Self.little(UInt64(tensors.count))
    result += Self.little(UInt64(values.count))
    for value in values { result += Self.text(value.key) + Self.little(value.kind) + value.bytes }
    for tensor in tensors {
      result += Self.text(tensor.name) + Self.little(UInt32(tensor.shape.count))
      for extent in tensor.shape { result += Self.little(extent) }
      result += Self.little(tensor.kind) + Self.little(tensor.offset)
    }
    while !result.count.isMultiple(of: alignment) { result.append(0) }
    return result + body
  }

  /// Two tensors, some values, an array of arrays.
  static var sample: GGUFWriter {
    var writer = GGUFWriter()
    let inner = little(UInt32(5)) + little(UInt64(2)) + little(Int32(-1)) + little(Int32(7))
    writer.values = [
      ("general.architecture", 8, text("llama")), ("llama.block_count", 4, little(UInt32(2))),
      ("yes", 7, [1]), ("third", 6, little(Float(0.25).bitPattern)),
      ("nested", 9, little(UInt32(9)) + little(UInt64(2)) + inner + inner),
      ("words", 9, little(UInt32(8)) + little(UInt64(2)) + text("a") + text("ä")),
    ]
    writer.tensors = [("w", [3, 2], 0, 0), ("q", [32], 8, 32)]
    for number in [1, 2, 3, 4, 5, 6] as [Float] { writer.body += little(number.bitPattern) }
    writer.body += [UInt8](repeating: 0, count: 8) + little(Float16(0.5).bitPattern)
    writer.body += (0..<32).map { UInt8(bitPattern: Int8($0 - 16)) }
    return writer
  }
}

/// Opens and widens everything.
func exhaust(_ bytes: [UInt8], _ open: (MappedFile) throws -> TensorSource) -> Bool {
  do {
    for tensor in try open(MappedFile(bytes, named: "m")).tensors { _ = tensor.values() }
    return true
  } catch {
    return false
  }
}

/// One to four bytes replaced, places and values from a linear congruential generator.
func mutated(_ bytes: [UInt8], _ state: inout UInt64) -> [UInt8] {
  func next() -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33)
  }
  var bytes = bytes
  for _ in 0...next() % 4 { bytes[next() % bytes.count] = UInt8(next() & 255) }
  return bytes
}
