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

  /// Whether it says where frames are shown.
  package var placesFrames: Bool { text.contains("{frames}") }

  /// The text for a prompt; `{captions}` are those of the frames in view, and `{answer}` is the right answer that its reader may
  /// see, empty where there is none.
  ///
  /// - Parameters:
  ///   - prompt: What fills the places.
  ///   - frames: What stands where frames are shown; the place stays as it is where nobody shows them.
  /// - Returns: The text with everything filled in.
  package func text(for prompt: Prompt, frames: String = "{frames}") -> String {
    let places = [
      "{query}": prompt.query, "{duration}": "\(prompt.duration)",
      "{captions}": saysCaptions ? prompt.captionLines : "",
      "{answer}": prompt.hint?.text ?? "", "{frames}": frames,
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
