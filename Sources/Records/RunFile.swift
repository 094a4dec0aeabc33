internal import Foundation

/// A file of a run that may still be written: what is missing or torn is passed over.
package struct RunFile: Sendable {
  private let path: String

  /// The file at `path`, which need not exist.
  package init(_ path: String) { self.path = path }

  /// The whole file as one object.
  package func object() -> FlatObject? {
    guard let bytes = bytes(fromEnd: nil) else { return nil }
    return FlatObject(bytes[...])
  }

  /// Every whole line that holds the text `word`, in order.
  package func lines(holding word: String = "") -> [FlatObject] {
    guard let bytes = bytes(fromEnd: nil) else { return [] }
    let needle = Array(word.utf8)
    var result: [FlatObject] = []
    var start = 0
    // By hand: `split` takes twice as long, and ten thousand runs have millions of lines.
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != Self.newline { end += 1 }
      let line = bytes[start..<end]
      if Self.holds(line, needle), let object = FlatObject(line) { result.append(object) }
      start = end + 1
    }
    return result
  }

  /// The last whole line that holds the text `word`; reads the end of the file only, if that is enough.
  package func lastLine(holding word: String) -> FlatObject? {
    let needle = Array(word.utf8)
    // 32 KiB is a hundred lines of metrics; evaluations further apart than that are looked for in the whole file.
    for reach in [32_768, nil] {
      guard let bytes = bytes(fromEnd: reach) else { return nil }
      var end = bytes.endIndex
      while end > 0 {
        let feed = bytes[..<end].lastIndex(of: Self.newline)
        let line = bytes[(feed.map { $0 + 1 } ?? 0)..<end]
        if Self.holds(line, needle), let object = FlatObject(line) { return object }
        end = feed ?? 0
      }
      if let reach, bytes.count < reach { return nil }
    }
    return nil
  }

  private static let newline = UInt8(ascii: "\n")

  private static func holds(_ line: ArraySlice<UInt8>, _ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    var place = line.startIndex
    while place + needle.count <= line.endIndex {
      if line[place] == first, line[place..<place + needle.count].elementsEqual(needle) {
        return true
      }
      place += 1
    }
    return false
  }

  /// The bytes of the file, or the last `reach` of them; `nil` where it cannot be read.
  private func bytes(fromEnd reach: Int?) -> [UInt8]? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    do {
      if let reach {
        let size = try file.seekToEnd()
        try file.seek(toOffset: size > UInt64(reach) ? size - UInt64(reach) : 0)
      }
      return try file.readToEnd().map { [UInt8]($0) } ?? []
    } catch {
      return nil
    }
  }
}
