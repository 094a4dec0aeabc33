/// A text with places that a prompt fills: `{query}`, `{duration}`, `{answer}`.
///
/// Each place is filled once and what fills it is not looked at again: a question may have braces of its own.
public struct PromptFormat: Sendable, Hashable {
  /// The text.
  public let text: String

  /// A format.
  public init(_ text: String) { self.text = text }

  /// The text for a prompt; `{answer}` is the right answer that its reader may see, empty where there is none.
  public func text(for prompt: Prompt) -> String {
    let places = [
      "{query}": prompt.query, "{duration}": "\(prompt.duration)",
      "{answer}": prompt.hint?.text ?? "",
    ]
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      if let (place, value) = places.first(where: { rest.hasPrefix($0.key) }) {
        result += value
        rest = rest.dropFirst(place.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result + rest
  }
}
