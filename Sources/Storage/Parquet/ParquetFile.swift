internal import Foundation

/// A table as an Apache Parquet file, which pandas, pyarrow, DuckDB and others read.
///
/// The least that the format asks for: one group of rows, values as they are, neither packed nor coded. Nothing is read.
///
/// Source: https://github.com/apache/parquet-format, `README.md`, `Encodings.md` and `parquet.thrift`.
package struct ParquetFile {
  /// The columns, in order.
  package var columns: [ParquetColumn]
  /// How many rows each of them has.
  package var count: Int
  /// How many rows a page has at most: what is held in memory while a file is written.
  var pageRows = 1 << 16

  /// A table.
  package init(_ columns: [ParquetColumn], count: Int) {
    self.columns = columns
    self.count = count
  }

  /// Writes the file, page by page; it is there whole or not at all.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(_ path: String) throws {
    try AtomicFile.replace(path) { temporary in
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw AtomicFile.unwritable(path) }
      let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      do {
        try write { try file.write(contentsOf: Data($0)) }
        try file.close()
      } catch {
        throw StorageError.unwritable(path: path, because: error)
      }
    }
  }

  /// Gives the bytes of the file away, piece by piece.
  func write(_ take: ([UInt8]) throws -> Void) rethrows {
    let magic = Array("PAR1".utf8)
    try take(magic)
    var end = magic.count
    var chunks: [ThriftValue] = []
    for column in columns {
      let start = end
      for first in stride(from: 0, to: count, by: pageRows) {
        let page = column.page(first..<min(count, first + pageRows))
        try take(page)
        end += page.count
      }
      chunks.append(chunk(column, start..<end))
    }
    var footer = footer(chunks, bytes: end - magic.count).bytes
    footer.appendLittleEndian(UInt32(footer.count))
    try take(footer + magic)
  }

  /// Where the pages of a column lie, and how to read them.
  private func chunk(_ column: ParquetColumn, _ place: Range<Int>) -> ThriftValue {
    let (plain, runs, unpacked) = (ThriftValue.short(0), ThriftValue.short(3), ThriftValue.short(0))
    let about = ThriftValue.fields([
      1: column.type, 2: .list([plain, runs]), 3: .list([.text(column.name)]), 4: unpacked,
      5: .long(count), 6: .long(place.count), 7: .long(place.count), 9: .long(place.lowerBound),
    ])
    return .fields([2: .long(0), 3: about])
  }

  /// The schema, and where the columns lie; a table without rows has no group of them.
  private func footer(_ chunks: [ThriftValue], bytes: Int) -> ThriftValue {
    let root = ThriftValue.fields([4: .text("schema"), 5: .short(columns.count)])
    let group = ThriftValue.fields([1: .list(chunks), 2: .long(bytes), 3: .long(count)])
    return .fields([
      1: .short(1), 2: .list([root] + columns.map(\.schema)), 3: .long(count),
      4: .list(count > 0 ? [group] : []), 6: .text("opd"),
    ])
  }
}
