/// Reads what `ParquetFile` writes, by the specification and not by its code.
struct ParquetReader {
  /// A value of Thrift's compact protocol.
  indirect enum Value {
    case number(Int)
    case text(String)
    case list([Value])
    case fields([Int: Value])

    subscript(field: Int) -> Value {
      if case .fields(let fields) = self, let value = fields[field] { value } else { .list([]) }
    }
    var number: Int { if case .number(let number) = self { number } else { -1 } }
    var text: String { if case .text(let text) = self { text } else { "" } }
    var list: [Value] { if case .list(let list) = self { list } else { [] } }
  }

  /// A cell; numbers by their bits, so that NaN is itself and 0 is not -0.
  enum Cell: Hashable {
    case missing
    case text(String)
    case whole(Int)
    case number(UInt64)
  }

  private let bytes: [UInt8]
  private var place = 0
  /// The footer.
  private(set) var footer = Value.list([])

  /// Reads the footer; `nil` where the file does not begin and end as it should.
  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    let magic = Array("PAR1".utf8)
    guard bytes.count > 12, bytes.starts(with: magic), Array(bytes.suffix(4)) == magic else {
      return nil
    }
    place = bytes.count - 8
    let end = place
    place = end - Int(little(4))
    footer = structure()
    guard place == end else { return nil }
  }

  /// The names of the columns.
  var names: [String] { footer[2].list.dropFirst().map { $0[4].text } }

  /// The cells of a column, and how many pages they are in.
  mutating func cells(_ column: Int) -> (cells: [Cell], pages: Int) {
    guard let group = footer[4].list.first else { return ([], 0) }
    let about = group[1].list[column][3]
    place = about[9].number
    let end = place + about[7].number
    var (cells, pages): ([Cell], Int) = ([], 0)
    while place < end {
      let header = structure()
      let start = place
      cells += page(header[5][1].number, type: about[1].number)
      pages += 1
      guard place == start + header[3].number else { return ([], -1) }
    }
    return (place == end && cells.count == about[5].number ? cells : [], pages)
  }

  private mutating func page(_ count: Int, type: Int) -> [Cell] {
    let length = Int(little(4))
    let end = place + length
    let run = variable()
    guard run & 1 == 1, Int(run >> 1) == (count + 7) / 8 else { return [] }
    let levels = bytes[place..<end]
    place = end
    return (0..<count).map { row in
      guard levels[levels.startIndex + row / 8] >> (row % 8) & 1 == 1 else { return .missing }
      switch type {
      case 2: return .whole(Int(truncatingIfNeeded: little(8)))
      case 5: return .number(UInt64(little(8)))
      default: return .text(text(Int(little(4))))
      }
    }
  }

  private mutating func byte() -> UInt8 {
    defer { place += 1 }
    return bytes[place]
  }

  private mutating func little(_ count: Int) -> UInt {
    (0..<count).reduce(0) { $0 | UInt(byte()) << (8 * $1) }
  }

  private mutating func variable() -> UInt {
    var (result, shift): (UInt, UInt) = (0, 0)
    while true {
      let next = byte()
      result |= UInt(next & 0x7F) << shift
      shift += 7
      if next < 0x80 { return result }
    }
  }

  private mutating func text(_ count: Int) -> String {
    defer { place += count }
    return String(decoding: bytes[place..<place + count], as: UTF8.self)
  }

  private mutating func value(_ kind: UInt8) -> Value {
    switch kind {
    case 5, 6:
      let coded = variable()
      return .number(Int(coded >> 1) ^ -Int(coded & 1))
    case 8: return .text(text(Int(variable())))
    case 9:
      let head = byte()
      let count = head >> 4 == 15 ? Int(variable()) : Int(head >> 4)
      return .list((0..<count).map { _ in value(head & 15) })
    default: return structure()
    }
  }

  private mutating func structure() -> Value {
    var fields: [Int: Value] = [:]
    var number = 0
    while true {
      let head = byte()
      if head == 0 { return .fields(fields) }
      number += Int(head >> 4)
      fields[number] = value(head & 15)
    }
  }
}
