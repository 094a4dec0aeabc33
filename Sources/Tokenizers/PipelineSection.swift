/// The `normalizer`, `pre_tokenizer` and `decoder` of a tokenizer.json.
struct PipelineSection {
  let source: String

  /// Whether text is composed first.
  func normalizer(_ value: JSONValue?) throws -> Bool {
    guard let value else { return false }
    var composes = false
    for step in try steps(value, place: "normalizer", list: "normalizers") {
      var step = step
      let type = try step.text("type")
      guard type == "NFC" else {
        throw step.unsupported("type", "'\(type.prefix(60))'", supported: "'NFC'")
      }
      composes = true
      try step.finish()
    }
    return composes
  }

  func preTokenizer(_ value: JSONValue) throws -> PreTokenizer {
    var cuts: [Cut] = []
    var hasBytes = false
    for step in try steps(value, place: "pre_tokenizer", list: "pretokenizers") {
      var step = step
      guard !hasBytes else {
        throw step.unsupported("type", "a step after 'ByteLevel'", supported: "'ByteLevel' last")
      }
      hasBytes = try cut(&step, into: &cuts)
      try step.finish()
    }
    guard hasBytes else {
      throw TokenizerError.unsupported(
        source: source, place: "pre_tokenizer", value: "text that is not read as bytes",
        supported: "'ByteLevel' as the last step")
    }
    return PreTokenizer(cuts: cuts)
  }

  /// Adds what one step cuts; whether the step is the one that reads text as bytes.
  private func cut(_ step: inout Fields, into cuts: inout [Cut]) throws -> Bool {
    let type = try step.text("type")
    switch type {
    case "ByteLevel":
      try byteLevel(&step, into: &cuts)
      return true
    case "Digits": cuts.append(try step.flag("individual_digits") ? .digits : .digitRuns)
    case "Split": cuts.append(try split(&step))
    default:
      throw step.unsupported(
        "type", "'\(type.prefix(60))'", supported: "'ByteLevel', 'Digits', 'Split', 'Sequence'")
    }
    return false
  }

  func decoder(_ value: JSONValue) throws {
    for step in try steps(value, place: "decoder", list: "decoders") {
      var step = step
      let type = try step.text("type")
      guard type == "ByteLevel" else {
        throw step.unsupported("type", "'\(type.prefix(60))'", supported: "'ByteLevel'")
      }
      // Of use to the pre-tokenizer and the post-processor alone.
      step.ignore("add_prefix_space", "trim_offsets", "use_regex")
      try step.finish()
    }
  }

  private func byteLevel(_ step: inout Fields, into cuts: inout [Cut]) throws {
    // Offsets are where a token stood, not which one it is.
    step.ignore("trim_offsets")
    guard try !step.flag("add_prefix_space", absent: true) else {
      throw step.unsupported("add_prefix_space", "a space before each text", supported: "false")
    }
    if try step.flag("use_regex", absent: true) { cuts.append(.gpt2) }
  }

  private func split(_ step: inout Fields) throws -> Cut {
    let behavior = try step.text("behavior")
    guard behavior == "Isolated", try !step.flag("invert") else {
      throw step.unsupported("behavior", "'\(behavior.prefix(60))'", supported: "'Isolated'")
    }
    var pattern = try Fields(
      try step.require("pattern"), source: source, place: step.path("pattern"))
    let expression = try pattern.text("Regex")
    try pattern.finish()
    guard let cut = Cut.expressions[expression] else {
      throw pattern.unsupported(
        "Regex", "'\(expression.prefix(60))'",
        supported: "the expressions of GPT-2, Qwen 2, Llama 3")
    }
    return cut
  }

  /// The steps of a sequence, or the one step that stands alone.
  private func steps(_ value: JSONValue, place: String, list: String) throws -> [Fields] {
    var fields = try Fields(value, source: source, place: place)
    let whole = fields
    guard try fields.text("type") == "Sequence" else { return [whole] }
    let values = try fields.list(list)
    try fields.finish()
    return try values.enumerated().map {
      try Fields($1, source: source, place: "\(place).\(list)[\($0)]")
    }
  }
}
