internal import Foundation

/// Files with one JSON value a line, packed with gzip or not.
package enum JSONLines {
  /// What to do with a last line that has no line feed and is not whole.
  package enum TornLine: Sendable {
    /// It is an error, as on any other line.
    case refused
    /// A writer was killed in the middle of it: leave it out.
    case dropped
  }

  /// The values of a file, each with its line number, counted from 1; empty lines are passed over.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - type: What its lines are.
  ///   - tornLastLine: What to do with a last line that is not whole.
  ///   - fault: Why a value cannot be used, the end of a sentence; `nil` if it can. It is asked in the order of the file.
  /// - Returns: The values.
  /// - Throws: `StorageError.malformedLines` with all lines that are no such value or have a fault, or what
  ///   `TextFile.bytes(_:)` throws.
  package static func read<Value: Decodable>(
    _ path: String, as type: Value.Type = Value.self, tornLastLine: TornLine = .refused,
    fault: (Value) -> String? = { _ in nil }
  ) throws -> [(line: Int, value: Value)] {
    let bytes = try TextFile.bytes(path)
    let decoder = JSONDecoder()
    var result: [(line: Int, value: Value)] = []
    var start = TextFile.start(of: bytes)
    var line = 0
    var faults = LineFaults()
    while start < bytes.count {
      line += 1
      let end = bytes[start...].firstIndex(of: newline) ?? bytes.count
      defer { start = end + 1 }
      guard bytes[start..<end].contains(where: { $0 > 0x20 }) else { continue }
      do throws(JSONFault) {
        let value = try value(bytes[start..<end], as: Value.self, by: decoder)
        if let reason = fault(value) { faults.note(line, reason) }
        result.append((line, value))
      } catch {
        if end == bytes.count, tornLastLine == .dropped { break }
        faults.note(line, error.reason)
      }
    }
    try faults.refuse(path)
    return result
  }

  /// One value of a whole file of JSON.
  ///
  /// - Throws: `StorageError.unreadable`, `.unusable` for JSON with other content, or what `TextFile.bytes(_:)` throws.
  package static func readWhole<Value: Decodable>(
    _ path: String, as type: Value.Type = Value.self
  ) throws -> Value {
    try whole(TextFile.bytes(path), from: path)
  }

  /// One value of a whole text in JSON; `path` is where it was read, for the error's sentence.
  static func whole<Value: Decodable>(
    _ bytes: [UInt8], from path: String, as type: Value.Type = Value.self
  ) throws -> Value {
    do throws(JSONFault) {
      return try value(
        bytes[TextFile.start(of: bytes)...], as: Value.self, by: JSONDecoder())
    } catch {
      guard error == .malformed else {
        throw StorageError.unusable(path: path, reason: error.reason)
      }
      throw StorageError.unreadable(path: path, format: "JSON", reason: error.reason)
    }
  }

  /// A value as one line of JSON with sorted keys, without the line feed.
  package static func line(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static let newline = UInt8(ascii: "\n")

  /// A value of a text, each key of which stands once in its object.
  ///
  /// - Throws: `JSONFault` with the reason.
  static func value<Value: Decodable>(
    _ bytes: ArraySlice<UInt8>, as type: Value.Type, by decoder: JSONDecoder
  ) throws(JSONFault) -> Value {
    let value: Value
    do {
      value = try decoder.decode(type, from: Data(bytes))
    } catch {
      let fault = JSONFault(error)
      guard fault == .malformed, let number = JSONNumbers.fault(in: bytes, as: type) else {
        throw fault
      }
      throw JSONFault(number)
    }
    if let key = JSONKeys.repeated(in: bytes) { throw JSONFault("it has the key '\(key)' twice") }
    return value
  }
}
