internal import Core

/// The `added_tokens` of a tokenizer.json.
struct AddedTokenSection {
  let source: String

  func read(_ value: JSONValue, into parts: inout TokenizerParts) throws {
    guard case .list(let values) = value else {
      throw TokenizerError.malformed(
        source: source, place: "added_tokens", reason: "should be a list, not \(value.kind)")
    }
    var seen: Set<Token> = []
    for (index, value) in values.enumerated() {
      let place = "added_tokens[\(index)]"
      let token = try token(value, place: place)
      let expected = parts.spellings.find(token.content).map { Token($0) } ?? parts.spellings.count
      try check(token, expected: expected, isNew: seen.insert(expected).inserted, place: place)
      if expected == parts.spellings.count {
        _ = parts.spellings.append(token.content)
        parts.isInModel.append(false)
      }
      parts.added.append(token)
    }
  }

  /// A token of the vocabulary keeps its number and a new one takes the next: tokenizers numbers them so whatever the file says,
  /// and a model made with the file saw those numbers.
  private func check(_ token: AddedToken, expected: Token, isNew: Bool, place: String) throws {
    guard token.token != expected || !isNew else { return }
    let name = "'\(token.content.prefix(60))'"
    throw TokenizerError.malformed(
      source: source, place: place,
      reason: isNew
        ? "\(name) has the number \(token.token), not \(expected)" : "\(name) occurs twice")
  }

  private func token(_ value: JSONValue, place: String) throws -> AddedToken {
    var fields = try Fields(value, source: source, place: place)
    let number = try fields.require("id")
    guard let token = number.integer else {
      throw fields.malformed("id", "should be a whole number, not \(number.kind)")
    }
    let content = try fields.text("content")
    guard !content.isEmpty else { throw fields.malformed("content", "is empty") }
    let special = try fields.flag("special")
    let result = AddedToken(
      content: content, token: token, isSingleWord: try fields.flag("single_word"),
      stripsLeft: try fields.flag("lstrip"), stripsRight: try fields.flag("rstrip"),
      isNormalized: try fields.flag("normalized", absent: !special), isSpecial: special)
    try fields.finish()
    return result
  }
}
