import Foundation
import Testing

@testable import Storage

@Suite("A Parquet file")
struct ParquetFileTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let texts: [String?] = ["", "a", nil, "日本語 🦊", "e\u{301}\u{0}", "a,\"b\"\n"]
  private static let wholes: [Int?] = [0, nil, -1, .max, .min]
  private static let numbers: [Double?] = [0, -0.0, .nan, .infinity, -.infinity, nil, 0.1]

  private func table(_ count: Int) -> ParquetFile {
    ParquetFile(
      [
        ParquetColumn("text ü", .texts { Self.texts[$0 % Self.texts.count] }),
        ParquetColumn("whole", .wholes { Self.wholes[$0 % Self.wholes.count] }),
        ParquetColumn("number", .numbers { Self.numbers[$0 % Self.numbers.count] }),
        ParquetColumn("none", .texts { _ in nil }),
      ], count: count)
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
  }

  @Test("of two rows has the bytes that pyarrow 26, DuckDB 2 and fastparquet read as those rows")
  func known() throws {
    let path = scratch("two.parquet")
    let columns = [
      ParquetColumn("arm", .texts { ["é", nil][$0] }),
      ParquetColumn("step", .wholes { [nil, -1][$0] }),
      ParquetColumn("value", .numbers { [0.5, .nan][$0] }),
    ]
    try ParquetFile(columns, count: 2).write(path)
    let written = try bytes(path).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(
      written == """
        504152311500151815182c1504150015061506000002000000030102000000c3\
        a91500151c151c2c15041500150615060000020000000302ffffffffffffffff\
        1500152c152c2c15041500150615060000020000000303000000000000e03f00\
        0000000000f87f1502194c4806736368656d61150600150c2502180361726d25\
        004c1c0000001504250218047374657000150a2502180576616c756500160419\
        1c193c26001c150c1925000619180361726d15001604163a163a260800002600\
        1c1504192500061918047374657015001604163e163e2642000026001c150a19\
        25000619180576616c756515001604164e164e268001000016c6011604002803\
        6f7064009d00000050415231
        """)
  }

  @Test(
    "holds every cell, missing ones too, however many pages a column has",
    arguments: [0, 1, 7, 8, 9, 16, 1000], [1, 8, 100, 1 << 16])
  func cells(count: Int, pageRows: Int) throws {
    let path = scratch("a.parquet")
    var file = table(count)
    file.pageRows = pageRows
    try file.write(path)
    var reader = try #require(ParquetReader(try bytes(path)))
    #expect(reader.names == ["text ü", "whole", "number", "none"])
    #expect(reader.footer[3].number == count)
    let rows = 0..<count
    let expected: [[ParquetReader.Cell]] = [
      rows.map { Self.texts[$0 % Self.texts.count].map { .text($0) } ?? .missing },
      rows.map { Self.wholes[$0 % Self.wholes.count].map { .whole($0) } ?? .missing },
      rows.map { Self.numbers[$0 % Self.numbers.count].map { .number($0.bitPattern) } ?? .missing },
      rows.map { _ in .missing },
    ]
    for (column, expected) in expected.enumerated() {
      let (cells, pages) = reader.cells(column)
      #expect(cells == expected)
      #expect(pages == (count + pageRows - 1) / pageRows)
    }
  }

  @Test("may have more columns than a short list has places")
  func wide() throws {
    let path = scratch("wide.parquet")
    let columns = (0..<300).map { column in
      ParquetColumn("c\(column)", .wholes { $0 * column })
    }
    try ParquetFile(columns, count: 3).write(path)
    var reader = try #require(ParquetReader(try bytes(path)))
    #expect(reader.names.count == 300)
    #expect(reader.cells(299).cells == [.whole(0), .whole(299), .whole(598)])
  }

  @Test("is there whole or not at all")
  func whole() throws {
    let path = scratch("folder")
    try AtomicFile.makeFolder(path)
    let refused = storageError { try table(9).write(path) }
    #expect(refused == .unwritable(path: path, reason: "Is a directory"))
    #expect(scratch.names == ["folder"])
  }
}
