/// A piece of what a model reads of a question; pieces stand in the order in which they are read.
package enum PromptPart: Sendable, Hashable {
  /// Text.
  case text(String)
  /// Tokens of the model's.
  case tokens([Token])
  /// The frames in view, the way the model gets to see frames: rows of features, or pictures.
  case frames
}

extension [PromptPart] {
  /// All tokens, in order.
  package var tokens: [Token] { flatMap(\.tokens) }

  /// The tokens before the frames and those after them; all of them after, where no frames are shown.
  package var aroundFrames: (before: [Token], after: [Token]) {
    guard let place = firstIndex(of: .frames) else { return ([], tokens) }
    return (Array(prefix(place)).tokens, Array(suffix(from: place)).tokens)
  }
}

extension PromptPart {
  fileprivate var tokens: [Token] {
    if case .tokens(let tokens) = self { tokens } else { [] }
  }
}
