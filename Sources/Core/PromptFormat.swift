/// A text with places that a prompt fills: `{query}`, `{duration}`, `{captions}`, `{answer}`, and `{frames}` where a model
/// that sees is shown them.
///
/// Each place is filled once and what fills it is not looked at again: a question may have braces of its own.
package struct PromptFormat: Sendable, Hashable {
  /// The text.
  package let text: String

  /// A format.
  package init(_ text: String) { self.text = text }

  /// Whether it says what is said of the frames.
  package var saysCaptions: Bool { text.contains("{captions}") }

  /// The text for a prompt, cut where frames are shown; `{captions}` are those of the frames in view, and `{answer}` is the right
  /// answer that its reader may see, empty where there is none.
  package func parts(for prompt: Prompt) -> [PromptPart] {
    let places = [
      "{query}": prompt.query, "{duration}": "\(prompt.duration)",
      "{captions}": saysCaptions ? prompt.captionLines : "",
      "{answer}": prompt.hint?.text ?? "",
    ]
    var parts: [PromptPart] = []
    var said = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      said += rest[..<open]
      rest = rest[open...]
      if let (place, value) = places.first(where: { rest.hasPrefix($0.key) }) {
        said += value
        rest = rest.dropFirst(place.count)
      } else if rest.hasPrefix(Self.frames) {
        parts += [.text(said), .frames]
        said = ""
        rest = rest.dropFirst(Self.frames.count)
      } else {
        said.append(rest.removeFirst())
      }
    }
    return (parts + [.text(said + rest)]).filter { $0 != .text("") }
  }

  /// Where frames are shown.
  private static let frames = "{frames}"

  /// How often it says where frames are shown.
  package var framePlaces: Int { text.ranges(of: Self.frames).count }
}

extension Prompt {
  /// What is said of each frame in view, a line each in the order of the view.
  ///
  /// A frame's time in whole seconds stands before it: `13: a dog runs`. Empty where nothing is said.
  public var captionLines: String {
    guard let captions = evidence.captions else { return "" }
    let frames = keyframes ?? Array(0..<evidence.frames)
    return frames.map { "\(Int(evidence.timestamps[$0].rounded())): \(captions[$0])" }
      .joined(separator: "\n")
  }
}
