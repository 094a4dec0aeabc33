internal import Foundation

/// Keys that stand twice in one object of a JSON text: readers disagree about which of them counts.
enum JSONKeys {
  /// The first key that an object of a well-formed text has twice, or `nil`.
  ///
  /// - Parameter bytes: Text that a decoder has accepted.
  /// - Returns: The key as it is read, or `nil`.
  /// - Complexity: O(bytes), one pass.
  static func repeated(in bytes: ArraySlice<UInt8>) -> String? {
    // One set an object that is open, `nil` for a list.
    var open: [Set<String>?] = []
    var isKeyNext = false
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == UInt8(ascii: "\"") {
        let end = endOfText(bytes, from: index)
        if isKeyNext, !open.isEmpty {
          let key = text(bytes[index..<end])
          guard open[open.count - 1]?.insert(key).inserted ?? true else { return key }
        }
        isKeyNext = false
        index = end
      } else {
        follow(bytes[index], &open, &isKeyNext)
        index += 1
      }
    }
    return nil
  }

  /// Takes note of a byte outside of texts.
  private static func follow(_ byte: UInt8, _ open: inout [Set<String>?], _ isKeyNext: inout Bool) {
    switch byte {
    case UInt8(ascii: "{"):
      open.append([])
      isKeyNext = true
    case UInt8(ascii: "["): open.append(nil)
    case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
    case UInt8(ascii: ","): isKeyNext = open.last.map { $0 != nil } ?? false
    default: break
    }
  }

  /// Where a text that begins with a quotation mark is over.
  static func endOfText(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
    var index = start + 1
    while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index + 1, bytes.endIndex)
  }

  /// What a quoted text says: `"\u0061"` is `a`, too.
  private static func text(_ quoted: ArraySlice<UInt8>) -> String {
    let plain = String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
    guard quoted.contains(UInt8(ascii: "\\")) else { return plain }
    return (try? JSONDecoder().decode(String.self, from: Data(quoted))) ?? plain
  }
}
