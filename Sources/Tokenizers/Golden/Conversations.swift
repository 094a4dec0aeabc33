internal import Storage

/// Conversations under a model's own chat template, as text and as tokens.
struct Conversations: Decodable {
  struct Turn: Decodable {
    var role: String
    var content: String
  }
  struct Written: Decodable {
    var text: String
    var ids: [Int]
  }
  struct Conversation: Decodable {
    var messages: [Turn]
    var without: Written
    var with_generation_prompt: Written
  }
  var template: String
  var conversations: [Conversation]

  static func read(_ path: String) throws -> Conversations { try JSONLines.readWhole(path) }

  /// The template is known by its text, and its texts are these.
  var texts: TokenizerCheck {
    TokenizerCheck("chat/text", conversations) { conversation in
      let template = try PromptTemplate(jinja: self.template)
      let messages = conversation.messages.map { ChatMessage(role: $0.role, content: $0.content) }
      for (ending, expected) in [
        (PromptTemplate.Ending.closed, conversation.without),
        (.open, conversation.with_generation_prompt),
      ] {
        let text = try template.text(of: messages, ending: ending)
        guard TokenizerVectors.isSame(text, expected.text) else { return text.debugDescription }
      }
      return nil
    }
  }

  func tokens(_ tokenizer: BytePairTokenizer) -> TokenizerCheck {
    TokenizerCheck(
      "chat/tokens", conversations.flatMap { [$0.without, $0.with_generation_prompt] }
    ) {
      TokenizerVectors.difference(tokenizer.encode($0.text), $0.ids, $0.text)
    }
  }
}
