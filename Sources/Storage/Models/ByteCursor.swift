/// Why bytes are not what a format says: the reason of an error's sentence.
struct Malformed: Error {
  let reason: String
}

/// Reads little-endian numbers and texts one after another, and never past the end.
struct ByteCursor {
  let file: MappedFile
  private(set) var offset = 0

  /// Bytes that are left.
  var remaining: Int { file.count - offset }

  /// A cursor at the beginning of a file.
  init(_ file: MappedFile) { self.file = file }

  /// The next whole number.
  mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(
    _: Number.Type, _ what: @autoclosure () -> String
  ) throws(Malformed) -> Number {
    let size = MemoryLayout<Number>.size
    let range = try take(size, what())
    return Number(littleEndian: file.withBytes(range) { $0.loadUnaligned(as: Number.self) })
  }

  /// The next text: eight bytes of length, then UTF-8.
  mutating func text(_ what: @autoclosure () -> String) throws(Malformed) -> String {
    let range = try take(try count(what(), each: 1), what())
    guard let text = file.withBytes(range, { String(validating: $0, as: UTF8.self) }) else {
      throw Malformed(reason: "\(what()) is not UTF-8")
    }
    return text
  }

  /// The next number of things, each of at least `each` bytes, if so many can be left.
  mutating func count(_ what: @autoclosure () -> String, each: Int) throws(Malformed) -> Int {
    let count = try integer(UInt64.self, what())
    guard count <= UInt64(remaining / each) else {
      throw Malformed(reason: "\(what()) should count \(count), but \(remaining) bytes are left")
    }
    return Int(count)
  }

  private mutating func take(_ count: Int, _ what: String) throws(Malformed) -> Range<Int> {
    guard count <= remaining else {
      throw Malformed(reason: "it ends at byte \(file.count), within \(what)")
    }
    defer { offset += count }
    return offset..<offset + count
  }
}
