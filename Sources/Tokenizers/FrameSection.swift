internal import Core

/// The `post_processor` of a tokenizer.json: what is put around a text.
struct FrameSection {
  let source: String
  /// V: what a template may name lies below.
  let count: Int

  func read(_ value: JSONValue?) throws -> TokenizerParts.Frame {
    guard let value else { return .init() }
    var fields = try Fields(value, source: source, place: "post_processor")
    let type = try fields.text("type")
    switch type {
    case "Sequence":
      var frame = TokenizerParts.Frame()
      for (index, value) in try fields.list("processors").enumerated() {
        let place = fields.path("processors[\(index)]")
        let step = try self.step(try Fields(value, source: source, place: place))
        // A later step stands around an earlier one.
        frame = .init(before: step.before + frame.before, after: frame.after + step.after)
      }
      try fields.finish()
      return frame
    default: return try step(try Fields(value, source: source, place: "post_processor"))
    }
  }

  private func step(_ fields: Fields) throws -> TokenizerParts.Frame {
    var fields = fields
    let type = try fields.text("type")
    switch type {
    case "ByteLevel":
      // It corrects offsets only.
      fields.ignore("add_prefix_space", "trim_offsets", "use_regex")
      try fields.finish()
      return .init()
    case "TemplateProcessing": return try template(&fields)
    default:
      throw fields.unsupported(
        "type", "'\(type.prefix(60))'", supported: "'ByteLevel', 'TemplateProcessing', 'Sequence'")
    }
  }

  private func template(_ fields: inout Fields) throws -> TokenizerParts.Frame {
    let specials = try specials(try fields.require("special_tokens"), fields)
    var sides: [[Token]] = [[]]
    for (index, value) in try fields.list("single").enumerated() {
      var piece = try Fields(value, source: source, place: fields.path("single[\(index)]"))
      if let sequence = piece.take("Sequence") {
        var sequence = try Fields(sequence, source: source, place: piece.path("Sequence"))
        guard try sequence.text("id") == "A", sides.count == 1 else {
          throw piece.unsupported("Sequence", "a second text", supported: "one text 'A'")
        }
        sides.append([])
      } else {
        let special = try piece.require("SpecialToken")
        var fields = try Fields(special, source: source, place: piece.path("SpecialToken"))
        let tokens = specials[Array(try fields.text("id").utf8)]
        guard let tokens else { throw fields.malformed("id", "is not listed") }
        sides[sides.count - 1] += tokens
      }
      try piece.finish()
    }
    guard sides.count == 2 else { throw fields.malformed("single", "has no place for the text") }
    // Only pairs of texts use it, and nothing here encodes pairs.
    fields.ignore("pair")
    try fields.finish()
    return .init(before: sides[0], after: sides[1])
  }

  private func specials(_ value: JSONValue, _ fields: Fields) throws -> [[UInt8]: [Token]] {
    guard case .object(let members) = value else {
      throw fields.malformed("special_tokens", "should be an object, not \(value.kind)")
    }
    var result: [[UInt8]: [Token]] = [:]
    for (name, value) in members {
      var entry = try Fields(value, source: source, place: fields.path("special_tokens"))
      let tokens = try entry.list("ids").map(\.integer)
      guard !tokens.contains(where: { $0.map { !(0..<count).contains($0) } ?? true }) else {
        throw entry.malformed("ids", "names a token outside 0 ..< \(count)")
      }
      result[Array(name.utf8)] = tokens.compactMap { $0 }
    }
    return result
  }
}
