internal import Foundation

/// Values as lines of JSON.
package enum JSONText {
  /// A value as one line, its keys sorted, so that equal values have equal bytes.
  package static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return "null" }
    return String(decoding: data, as: UTF8.self)
  }
}
