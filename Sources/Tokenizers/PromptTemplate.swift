package import Core

/// One turn of a conversation.
package struct ChatMessage: Sendable, Hashable {
  /// Who speaks: "system", "user", "assistant".
  package var role: String
  /// What is said; it is not escaped, so the name of a control token in it becomes that token.
  package var content: String

  package init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}

/// How a conversation becomes one text, without a template engine.
package enum PromptTemplate: String, Sendable, CaseIterable {
  /// The contents, one after another, with nothing added.
  case plain
  /// `<|im_start|>role`, line feed, content, `<|im_end|>`, line feed.
  case chatml
  /// ChatML with SmolLM 2's system sentence where the conversation begins otherwise.
  case smollm2
  /// ChatML with Qwen 2's system sentence where the conversation begins otherwise.
  case qwen
  /// ChatML with Qwen 2.5's system sentence where the conversation begins otherwise; no tools.
  case qwen25 = "qwen2.5"
  /// Llama 3's headers, with contents trimmed of white space.
  case llama3

  /// What stands at the end of a conversation.
  package enum Ending: Sendable {
    /// Nothing.
    case closed
    /// The words after which the assistant speaks.
    case open
  }

  /// The template with a name.
  ///
  /// - Throws: `TokenizerError.noSuchTemplate`.
  package init(named name: String) throws {
    guard let template = PromptTemplate(rawValue: name) else {
      throw TokenizerError.noSuchTemplate(
        name: name, nearest: nearestName(to: name, in: Self.names), known: Self.names)
    }
    self = template
  }

  /// The template that a model's own template text is known to be.
  ///
  /// - Parameter text: The Jinja text of `tokenizer.chat_template` or tokenizer_config.json.
  /// - Throws: `TokenizerError.unknownTemplate` where nobody has compared the text with one of these.
  package init(jinja text: String) throws {
    let digest = ContentHash.of([text])
    guard let template = Self.digests[digest] else {
      throw TokenizerError.unknownTemplate(digest: digest, known: Self.names)
    }
    self = template
  }

  /// The names of all templates.
  package static var names: [String] { allCases.map(\.rawValue) }

  /// A conversation as one text, to be encoded with control tokens recognised.
  ///
  /// - Throws: `TokenizerError.unknownRole` where the template would do something else with a role.
  package func text(of messages: [ChatMessage], ending: Ending) throws -> String {
    switch self {
    case .plain: return messages.map(\.content).joined()
    case .llama3: return try llama3(messages, ending)
    case .chatml, .smollm2, .qwen, .qwen25:
      var turns = messages
      if let system, let first = messages.first, first.role != "system" {
        turns.insert(ChatMessage(role: "system", content: system), at: 0)
      }
      if self == .qwen25 { try checkRoles(messages) }
      return turns.map { "<|im_start|>\($0.role)\n\($0.content)<|im_end|>\n" }.joined()
        + (ending == .open ? "<|im_start|>assistant\n" : "")
    }
  }

  /// The parts of a user's turn, between those that this template puts about them; the answer comes next.
  ///
  /// - Throws: Never, for a user's turn.
  package func turn(_ parts: [PromptPart]) throws -> [PromptPart] {
    // A control character stands for what is said: no template writes it.
    let about = try text(of: [ChatMessage(role: "user", content: "\u{1}")], ending: .open)
      .split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init)
    var said = parts
    if self == .llama3 { Self.trim(&said) }
    return Self.joined([.text(about[0])] + said + [.text(about[1])])
  }

  private static func trim(_ parts: inout [PromptPart]) {
    if case .text(let first) = parts.first {
      parts[0] = .text(String(trimmed(first + "|").dropLast()))
    }
    if case .text(let last) = parts.last {
      parts[parts.count - 1] = .text(String(trimmed("|" + last).dropFirst()))
    }
  }

  /// Neighbouring texts as one: what is cut is tokenized in another way.
  private static func joined(_ parts: [PromptPart]) -> [PromptPart] {
    parts.reduce(into: []) { joined, part in
      if case .text(let last) = joined.last, case .text(let next) = part {
        joined[joined.count - 1] = .text(last + next)
      } else if part != .text("") {
        joined.append(part)
      }
    }
  }

  /// What the system says where a conversation leaves it unsaid.
  private var system: String? {
    switch self {
    case .smollm2: "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
    case .qwen: "You are a helpful assistant."
    case .qwen25: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
    case .plain, .chatml, .llama3: nil
    }
  }

  private func llama3(_ messages: [ChatMessage], _ ending: Ending) throws -> String {
    let turns = messages.map {
      "<|start_header_id|>\($0.role)<|end_header_id|>\n\n\(Self.trimmed($0.content))<|eot_id|>"
    }
    return (messages.isEmpty ? "" : "<|begin_of_text|>") + turns.joined()
      + (ending == .open ? "<|start_header_id|>assistant<|end_header_id|>\n\n" : "")
  }

  /// The roles for which Qwen 2.5's template is ChatML; it writes a tool's answers in another way.
  private func checkRoles(_ messages: [ChatMessage]) throws {
    let known = ["system", "user", "assistant"]
    for message in messages where !known.contains(message.role) {
      throw TokenizerError.unknownRole(role: message.role, template: rawValue)
    }
  }

  /// Jinja's `trim`, which is Python's `strip`: white space and the four separators below the space.
  private static func trimmed(_ text: String) -> String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
    let scalars = text.unicodeScalars
    let tail = scalars.drop(while: isSpace)
    let end = tail.lastIndex { !isSpace($0) }.map { tail.index(after: $0) } ?? tail.startIndex
    return String(tail[..<end])
  }
}
