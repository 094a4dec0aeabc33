/// A value in Thrift's compact protocol, in which the headers of Parquet files are written.
///
/// Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
indirect enum ThriftValue {
  /// A whole number that its reader keeps in 32 bits.
  case short(Int)
  /// A whole number that its reader keeps in 64 bits.
  case long(Int)
  /// Text in UTF-8.
  case text(String)
  /// Values of one kind.
  case list([ThriftValue])
  /// A structure: values by the numbers of its fields, which ascend and differ by at most 15.
  case fields(KeyValuePairs<Int, ThriftValue>)

  /// The value as it is written.
  var bytes: [UInt8] {
    switch self {
    case .short(let number), .long(let number):
      // Small numbers of either sign take few bytes: 0, -1, 1, -2 become 0, 1, 2, 3.
      return Self.variable(UInt(bitPattern: number << 1 ^ number >> (Int.bitWidth - 1)))
    case .text(let text): return Self.variable(UInt(text.utf8.count)) + text.utf8
    case .list(let values):
      let kind = values.first?.kind ?? Self.structure
      let isShort = values.count < 15
      let count = isShort ? [] : Self.variable(UInt(values.count))
      return [UInt8(isShort ? values.count : 15) << 4 | kind] + count + values.flatMap(\.bytes)
    case .fields(let fields):
      var bytes: [UInt8] = []
      var last = 0
      for (number, value) in fields {
        bytes += [UInt8(number - last) << 4 | value.kind] + value.bytes
        last = number
      }
      return bytes + [0]
    }
  }

  private static let structure: UInt8 = 12

  /// The protocol's number of what kind of value this is.
  private var kind: UInt8 {
    switch self {
    case .short: 5
    case .long: 6
    case .text: 8
    case .list: 9
    case .fields: Self.structure
    }
  }

  /// Seven bits a byte, the lowest first; the highest bit says that there are more.
  static func variable(_ number: UInt) -> [UInt8] {
    var (bytes, rest): ([UInt8], UInt) = ([], number)
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
