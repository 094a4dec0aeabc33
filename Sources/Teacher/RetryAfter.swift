/// The pause that a server asks for by its header `Retry-After`.
package enum RetryAfter {
  /// The pause in seconds: at most a minute, and none for a date, for what is no number, below 0 or above a day.
  package static func seconds(_ text: String?) -> Double {
    guard let seconds = text.flatMap({ Double($0) }), seconds > 0, seconds <= 86_400 else {
      return 0
    }
    return min(seconds, 60)
  }
}
