internal import Core

/// A key of a line of a file, whatever it is called.
package struct LineKey: CodingKey {
  package let stringValue: String
  package var intValue: Int? { nil }

  /// The key of a name.
  package init(_ name: String) { stringValue = name }

  /// The key of a name.
  package init?(stringValue: String) { self.init(stringValue) }

  /// None: lines are objects.
  package init?(intValue: Int) { return nil }

  /// Keys of published annotations that say nothing a run could need.
  static let harmless = ["url", "domain", "sub_category", "source", "split"]
}

extension KeyedDecodingContainer<LineKey> {
  /// Refuses a line with a key that is neither read nor harmless: what it says would be dropped.
  ///
  /// - Throws: `DecodingError` with the nearest key that is known.
  package func refuseUnread(but read: [String]) throws {
    let known = read + LineKey.harmless
    for key in allKeys where !known.contains(key.stringValue) {
      let nearest = nearestName(to: key.stringValue, in: known).map { ", but '\($0)' is known" }
      throw LineKey.refusal(key, "this key is not read\(nearest ?? "")")
    }
  }
}

extension LineKey {
  /// Why a key cannot be used.
  static func refusal(_ key: LineKey, _ reason: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: [key], debugDescription: reason))
  }
}
