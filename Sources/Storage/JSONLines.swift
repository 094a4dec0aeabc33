internal import Foundation

/// Files with one JSON value a line, packed with gzip or not.
public enum JSONLines {
  /// What to do with a last line that has no line feed and is not whole.
  public enum TornLine: Sendable {
    /// It is an error, as on any other line.
    case refused
    /// A writer was killed in the middle of it: leave it out.
    case dropped
  }

  /// The values of a file, each with its line number, counted from 1; empty lines are passed over.
  ///
  /// - Throws: `StorageError.malformedLine` with the number of the first line that is not such a value, or what
  ///   `TextFile.bytes(_:)` throws.
  public static func read<Value: Decodable>(
    _ path: String, as type: Value.Type = Value.self, tornLastLine: TornLine = .refused
  ) throws -> [(line: Int, value: Value)] {
    let bytes = try TextFile.bytes(path)
    let decoder = JSONDecoder()
    var result: [(line: Int, value: Value)] = []
    var start = 0
    var line = 0
    while start < bytes.count {
      line += 1
      let end = bytes[start...].firstIndex(of: newline) ?? bytes.count
      defer { start = end + 1 }
      guard bytes[start..<end].contains(where: { $0 > 0x20 }) else { continue }
      do {
        result.append((line, try decoder.decode(Value.self, from: Data(bytes[start..<end]))))
      } catch {
        if end == bytes.count, tornLastLine == .dropped { break }
        throw StorageError.malformedLine(path: path, line: line, reason: sentence(error))
      }
    }
    return result
  }

  /// One value of a whole file of JSON.
  ///
  /// - Throws: `StorageError.unreadable`, or what `TextFile.bytes(_:)` throws.
  public static func readWhole<Value: Decodable>(
    _ path: String, as type: Value.Type = Value.self
  ) throws -> Value {
    let bytes = try TextFile.bytes(path)
    do {
      return try JSONDecoder().decode(Value.self, from: Data(bytes))
    } catch {
      throw StorageError.unreadable(path: path, format: "JSON", reason: sentence(error))
    }
  }

  /// A value as one line of JSON with sorted keys, without the line feed.
  public static func line(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static let newline = UInt8(ascii: "\n")

  /// What is wrong, with the place in the value.
  private static func sentence(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return error.localizedDescription }
    switch error {
    case .keyNotFound(let key, _): return "the key '\(key.stringValue)' is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "'\(place(context))' is not of type \(type)"
    case .dataCorrupted(let context):
      let at = place(context)
      return at.isEmpty ? "it is not JSON" : "'\(at)': \(context.debugDescription)"
    @unknown default: return error.localizedDescription
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    context.codingPath.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }
      .joined(separator: ".")
  }
}
