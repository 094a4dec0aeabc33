/// A column of a Parquet file: a name, and a cell for each row, which may be missing.
package struct ParquetColumn {
  /// What the cells are; each is asked for when it is written, so that no column is held in memory.
  package enum Cells {
    /// Texts.
    case texts((Int) -> String?)
    /// Whole numbers of 64 bits.
    case wholes((Int) -> Int?)
    /// Numbers of double precision; NaN is a number, and not missing.
    case numbers((Int) -> Double?)
  }

  /// Its name.
  package var name: String
  /// Its cells, by row.
  package var cells: Cells

  /// A column.
  package init(_ name: String, _ cells: Cells) {
    self.name = name
    self.cells = cells
  }

  /// The cell of a row in words, numbers with all their digits; `nil` where it is missing.
  package func text(_ row: Int) -> String? {
    switch cells {
    case .texts(let cell): cell(row)
    case .wholes(let cell): cell(row).map { "\($0)" }
    case .numbers(let cell): cell(row).map { "\($0)" }
    }
  }
}

extension ParquetColumn {
  /// The numbers that the format has for kinds of values.
  var type: ThriftValue {
    switch cells {
    case .wholes: .short(2)
    case .numbers: .short(5)
    case .texts: .short(6)
    }
  }

  /// What the schema says of it.
  ///
  /// A cell may be missing in any column, as in files of pandas: the schema then depends on no number of any run.
  var schema: ThriftValue {
    let optional = ThriftValue.short(1)
    guard case .texts = cells else { return .fields([1: type, 3: optional, 4: .text(name)]) }
    // That bytes are text is said twice, for readers of either age.
    return .fields([
      1: type, 3: optional, 4: .text(name), 6: .short(0), 10: .fields([1: .fields([:])]),
    ])
  }

  /// Some rows as a page of data: a header, which cells are there, and those cells one after the other.
  func page(_ rows: Range<Int>) -> [UInt8] {
    var (isThere, body): ([Bool], [UInt8]) = ([], [])
    isThere.reserveCapacity(rows.count)
    for row in rows { isThere.append(append(row, to: &body)) }
    let content = Self.levels(isThere) + body
    precondition(content.count <= Int(Int32.max), "A page has less than 2 GiB.")
    let (plain, runs) = (ThriftValue.short(0), ThriftValue.short(3))
    let header = ThriftValue.fields([
      1: .short(0), 2: .short(content.count), 3: .short(content.count),
      5: .fields([1: .short(rows.count), 2: plain, 3: runs, 4: runs]),
    ])
    return header.bytes + content
  }

  /// Adds the cell of a row as PLAIN has it, and says whether there is one.
  private func append(_ row: Int, to body: inout [UInt8]) -> Bool {
    switch cells {
    case .texts(let cell):
      guard let text = cell(row) else { return false }
      body.appendLittleEndian(UInt32(text.utf8.count))
      body += text.utf8
    case .wholes(let cell):
      guard let number = cell(row) else { return false }
      body.appendLittleEndian(UInt64(bitPattern: Int64(number)))
    case .numbers(let cell):
      guard let number = cell(row) else { return false }
      body.appendLittleEndian(number.bitPattern)
    }
    return true
  }

  /// Definition levels: a bit a cell, packed into one run of bytes, the first cell lowest.
  private static func levels(_ isThere: [Bool]) -> [UInt8] {
    var packed = [UInt8](repeating: 0, count: (isThere.count + 7) / 8)
    for (row, isThere) in isThere.enumerated() where isThere { packed[row / 8] |= 1 << (row % 8) }
    let run = ThriftValue.variable(UInt(packed.count) << 1 | 1) + packed
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt32(run.count))
    return bytes + run
  }
}

extension [UInt8] {
  /// Adds the bytes of a number, the lowest first.
  mutating func appendLittleEndian<Number: FixedWidthInteger>(_ number: Number) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
