/// One turn of a conversation in which pictures are shown.
package struct PictureTurn: Sendable, Hashable {
  /// A part of a turn.
  package enum Part: Sendable, Hashable {
    /// What is said; the names of control tokens in it become those tokens.
    case text(String)
    /// What is shown.
    case picture(ProcessedPicture)
  }

  /// Who speaks: "system", "user" or "assistant".
  package var role: String
  /// What is said and shown, in order.
  package var parts: [Part]

  /// A turn.
  package init(role: String, parts: [Part]) {
    self.role = role
    self.parts = parts
  }

  /// The pictures, in order.
  package var pictures: [ProcessedPicture] {
    parts.compactMap { if case .picture(let picture) = $0 { picture } else { nil } }
  }
}

extension PictureReader {
  /// A question about pictures as the model was taught to read one, with the places of the pictures written out.
  ///
  /// - Throws: `VisionError.tokens` where a question holds the marker of a picture itself.
  package func prompt(_ question: String, _ pictures: [ProcessedPicture]) throws -> String {
    let parts = pictures.map { PictureTurn.Part.picture($0) } + [.text(question)]
    return try prompt([PictureTurn(role: "user", parts: parts)])
  }

  /// A conversation as the published templates of the family write it, up to where the assistant speaks.
  ///
  /// - Throws: `VisionError.tokens` where a text holds the marker of a picture itself.
  package func prompt(_ turns: [PictureTurn]) throws -> String {
    vision.family == .idefics3 ? try tiled(turns) : patched(turns)
  }

  /// Idefics3 and SmolVLM: `User:` before a picture, `User: ` before a text.
  private func tiled(_ turns: [PictureTurn]) throws -> String {
    let markers = TileMarkers()
    let said = turns.map { turn in
      let opening: String
      if case .picture? = turn.parts.first { opening = ":" } else { opening = ": " }
      let parts = turn.parts.map { part in
        if case .text(let text) = part { text } else { markers.image }
      }
      return turn.role.prefix(1).uppercased() + turn.role.dropFirst() + opening + parts.joined()
        + "<end_of_utterance>\n"
    }
    let side = vision.side / vision.merge
    return try markers.expanded(
      "<|im_start|>" + said.joined() + "Assistant:",
      pictures: turns.flatMap(\.pictures).map(\.parts), length: side * side)
  }

  /// Qwen2-VL and Qwen2.5-VL: ChatML, with a sentence of the system where the conversation begins otherwise.
  private func patched(_ turns: [PictureTurn]) -> String {
    let system = PictureTurn(role: "system", parts: [.text("You are a helpful assistant.")])
    let all = (turns.first?.role == "system" ? [] : [system]) + turns
    let said = all.map { turn in
      let parts = turn.parts.map { part in
        switch part {
        case .text(let text): text
        case .picture(let picture):
          "<|vision_start|>" + String(repeating: "<|image_pad|>", count: rows(of: picture))
            + "<|vision_end|>"
        }
      }
      return "<|im_start|>\(turn.role)\n" + parts.joined() + "<|im_end|>\n"
    }
    return said.joined() + "<|im_start|>assistant\n"
  }
}
