internal import Core
internal import Foundation
internal import Networks
internal import Tokenizers

/// A turn of a conversation as it was sent: texts, and pictures in the bytes of their files.
struct ShownTurn: Sendable, Hashable {
  /// A part of a turn.
  enum Part: Sendable, Hashable {
    case text(String)
    /// A PNG file in base64, not looked at yet.
    case picture(String)
  }

  var role: String
  var parts: [Part]

  /// How many pictures are shown.
  var pictures: Int { parts.count { if case .picture = $0 { true } else { false } } }

  /// The turn as text alone.
  var message: ChatMessage {
    let texts = parts.map { if case .text(let text) = $0 { text } else { "" } }
    return ChatMessage(role: role, content: texts.joined())
  }

  /// A text, or parts that are texts and, for a model that sees, pictures.
  static func parts(_ fields: inout RequestFields, seesPictures: Bool) throws -> [Part] {
    guard let value = fields.take("content") else { return [.text(try fields.text("content"))] }
    if let text = value.text { return [.text(text)] }
    guard case .list(let parts) = value else {
      throw fields.refusal("content", value, "a text, or a list of parts of type text")
    }
    return try parts.map { part in
      var own = try RequestFields(
        part, known: ["type", "text", "image_url"], what: "A part of a turn")
      let kind = try own.text("type")
      let result: Part
      switch kind {
      case "text": result = .text(try own.text("text"))
      case "image_url" where seesPictures: result = .picture(try address(&own))
      default:
        throw ServiceRefusal(
          key: "messages", "A turn has a part of type '\(kind.prefix(60))'.",
          seesPictures ? "Send parts of type text and image_url." : "Send texts alone.")
      }
      try own.finish()
      return result
    }
  }

  /// The base64 of a PNG file in `image_url: {url: "data:image/png;base64,…"}`.
  private static func address(_ fields: inout RequestFields) throws -> String {
    guard let value = fields.take("image_url") else { return try fields.text("image_url") }
    var own = try RequestFields(value, known: ["url", "detail"], what: "'image_url'")
    let url = try own.text("url")
    // How closely a picture is looked at is the model's own affair, whatever is asked.
    try own.requireNeutral(["detail": { $0.text == "auto" }])
    try own.finish()
    let start = "data:image/png;base64,"
    guard url.prefix(start.count).lowercased() == start else {
      let kind = url.prefix { $0 != ":" && $0 != "," }.prefix(20)
      throw ServiceRefusal(
        key: "messages",
        url.lowercased().hasPrefix("data:")
          ? "A picture is '\(url.prefix { $0 != "," }.prefix(60))', which is not read here."
          : "A picture lies at '\(kind):…', and nothing is fetched from elsewhere.",
        "Send its bytes as \(start)….")
    }
    return String(url.dropFirst(start.count))
  }
}

extension GenerationRequest {
  /// Looks at the pictures of a conversation and writes its prompt; nothing where there is no conversation left.
  ///
  /// - Throws: `ServiceRefusal` for what is no picture or too large, `ExplainedError` for what does not fit the model.
  /// - Complexity: Resamples every picture, and runs the tower over all of them.
  mutating func look(for model: ServedModel) throws {
    guard let reader = model.reader, !conversation.isEmpty else { return }
    var left = model.positions
    let turns = try conversation.map { turn in
      PictureTurn(
        role: turn.role,
        parts: try turn.parts.map { part in
          switch part {
          case .text(let text): return .text(text)
          case .picture(let base64):
            let picture = try reader.processor.process(Self.picture(base64))
            left -= reader.rows(of: picture)
            // Before the next is looked at: many pictures would take memory that their answer never gets to use.
            guard left > 0 else { throw Self.tooMany(model.positions) }
            return .picture(picture)
          }
        })
    }
    conversation = []
    let tokens = try model.tokens(of: reader.prompt(turns))
    prompts = [tokens]
    try close(for: model)
    rows = try reader.rows(of: tokens, turns.flatMap(\.pictures))
  }

  private static func picture(_ base64: String) throws -> Picture {
    guard let bytes = Data(base64Encoded: base64), !bytes.isEmpty else {
      throw ServiceRefusal(
        key: "messages", "A picture's bytes are not base64.",
        "Encode them with the standard alphabet, padding included.")
    }
    do {
      return try Picture(
        png: Array(bytes), most: ServiceLimits.picturePixels, from: "image_url")
    } catch let error as any ExplainedError {
      throw ServiceRefusal(
        key: "messages", error.happened,
        "Send a PNG of 8 bits a channel and at most \(ServiceLimits.picturePixels) pixels.")
    }
  }

  private static func tooMany(_ positions: Int) -> ServiceRefusal {
    ServiceRefusal(
      key: "messages", "The pictures alone fill the model's \(positions) positions.",
      "Show fewer or smaller ones, or serve it with more --positions.")
  }
}
