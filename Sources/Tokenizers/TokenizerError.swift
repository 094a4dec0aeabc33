internal import Core

/// What can be wrong with a tokenizer or a chat template that somebody else wrote.
package enum TokenizerError: ExplainedError, Hashable {
  /// The file is damaged or contradicts itself.
  case malformed(source: String, place: String, reason: String)
  /// The file asks for something that would change tokens and is not computed here.
  case unsupported(source: String, place: String, value: String, supported: String)
  /// A chat template whose text is not one of the known ones.
  case unknownTemplate(digest: String, known: [String])
  /// A name that no template has.
  case noSuchTemplate(name: String, nearest: String?, known: [String])
  /// A role that a template has no words for.
  case unknownRole(role: String, template: String)

  package var happened: String {
    switch self {
    case .malformed(let source, let place, let reason):
      "The tokenizer of '\(source)' cannot be used: \(Self.at(place))\(reason)."
    case .unsupported(let source, let place, let value, _):
      "The tokenizer of '\(source)' asks at '\(place)' for \(value), which is not computed here."
    case .unknownTemplate(let digest, _):
      "The chat template of this model (SHA-256 \(digest.prefix(12))…) is not a known one."
    case .noSuchTemplate(let name, _, _): "There is no chat template '\(name)'."
    case .unknownRole(let role, let template):
      "The chat template '\(template)' has no words for the role '\(role)'."
    }
  }

  package var remedy: String {
    switch self {
    case .malformed: "It may be cut short or edited; fetch it again."
    case .unsupported(_, _, _, let supported): "Known here: \(supported)."
    case .unknownTemplate(_, let known):
      "Name the one to use instead: \(known.joined(separator: ", "))."
    case .noSuchTemplate(_, let nearest?, _): "Did you mean '\(nearest)'?"
    case .noSuchTemplate(_, nil, let known): "Use one of \(known.joined(separator: ", "))."
    case .unknownRole: "Use system, user and assistant, or the template 'chatml'."
    }
  }

  /// The place in a sentence; nothing where the whole file is meant.
  private static func at(_ place: String) -> String { place.isEmpty ? "" : "at '\(place)' " }
}
