internal import Foundation

/// Why a text is not the JSON that it should be, in words.
struct JSONFault: Error, Equatable {
  /// The end of a sentence that begins with the place and a colon.
  let reason: String

  init(_ reason: String) { self.reason = reason }

  /// What is said of a text that has no place at which it is wrong.
  static let malformed = JSONFault("it is not JSON")

  /// What a decoder said, with the place in the value.
  init(_ error: any Error) {
    guard let error = error as? DecodingError else {
      reason = error.localizedDescription
      return
    }
    switch error {
    case .keyNotFound(let key, let context):
      let place = Self.place(context.codingPath)
      reason = "the key '\(key.stringValue)' is missing" + (place.isEmpty ? "" : " in '\(place)'")
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      reason = Self.subject(context) + " is not \(Self.word(type))"
    case .dataCorrupted(let context): reason = Self.corrupted(context)
    @unknown default: reason = error.localizedDescription
    }
  }

  private static func corrupted(_ context: DecodingError.Context) -> String {
    let place = place(context.codingPath)
    return place.isEmpty ? malformed.reason : "'\(place)': \(context.debugDescription)"
  }

  private static func subject(_ context: DecodingError.Context) -> String {
    let place = place(context.codingPath)
    return place.isEmpty ? "it" : "'\(place)'"
  }

  /// What people call a type.
  private static func word(_ type: Any.Type) -> String {
    if type == Double.self || type == Float.self { return "a number" }
    if type is any BinaryInteger.Type { return "a whole number" }
    if type == String.self { return "text" }
    if type == Bool.self { return "true or false" }
    let name = "\(type)"
    if name.hasPrefix("Array") { return "a list" }
    return name.hasPrefix("Dictionary") ? "an object" : "as it should be"
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
  }
}
