#if LiveTeachers
import Foundation
import Core
import Synchronization

/// How prompts and responses of the student are written for a server, and how its scores are read back.
final class ServerSpelling: Sendable {
  private let client: CompletionsClient
  private let tokenizer: any Tokenizer
  private let spelled: [[Int]]
  /// What a server that sees is shown; `nil` where it is told everything in words.
  private let videos: (any FilmedVideos)?
  private let contexts = Mutex<[String: [Int]]>([:])

  /// Asks the server how it writes each word, if that is needed.
  init(
    _ client: CompletionsClient, tokenizer: any Tokenizer, videos: (any FilmedVideos)? = nil
  ) async throws {
    self.client = client
    self.videos = videos
    self.tokenizer = tokenizer
    guard client.parameters.tokens == .tokenize else {
      spelled = []
      return
    }
    let texts = (0..<tokenizer.count).map {
      $0 == tokenizer.end ? client.parameters.endText : tokenizer.word($0)
    }
    spelled = try await inParallel(texts, width: client.parameters.inFlight) { text in
      let tokens = text.isEmpty ? [] : try await client.tokenize(text, special: false)
      guard !tokens.isEmpty else { throw CompletionsError.unspeakable(word: text) }
      return tokens
    }
  }

  /// A digest of how the student's words become the server's.
  var fingerprint: String {
    ContentHash.of(
      [tokenizer.fingerprint, client.parameters.tokens.rawValue, client.parameters.endText]
        + spelled.map { "\($0)" })
  }

  /// What is sent before a response.
  func context(of prompt: Prompt) async throws -> CompletionsRequest.Input {
    if let videos { return .chat(try await turn(prompt, showing: videos)) }
    switch client.parameters.tokens {
    case .same:
      // A language model's prompts are texts; its tokens are the server's, so it can write them itself.
      let written = (try? tokenizer.encode(filled(prompt))) ?? []
      let tokens = prompt.tokens.isEmpty ? written : prompt.tokens
      guard !tokens.isEmpty else { throw CompletionsError.emptyContext(prompt: prompt.id) }
      return .tokens(tokens)
    case .text: return .text(filled(prompt))
    case .tokenize:
      let text = filled(prompt)
      if let known = contexts.withLock({ $0[text] }) { return .tokens(known) }
      let tokens = try await client.tokenize(text, special: true)
      contexts.withLock { $0[text] = tokens }
      return .tokens(tokens)
    }
  }

  /// What a server that sees is asked: the text, with the frames in view at `{frames}` or before it.
  private func turn(_ prompt: Prompt, showing videos: any FilmedVideos) async throws -> ChatTurn {
    let pictures = try await videos.pictures(of: prompt).map {
      ChatTurn.Part.picture(ChatTurn.address(ofJPEG: $0.bytes))
    }
    let parts = PromptFormat(client.parameters.template).parts(for: prompt)
    let shown = parts.contains(.frames) ? parts : [.frames] + parts
    return ChatTurn(
      parts: shown.flatMap { part -> [ChatTurn.Part] in
        switch part {
        case .text(let text): [.text(text)]
        case .frames: pictures
        case .tokens: []
        }
      })
  }

  /// A question with an answer, which may have ended.
  private func answered(_ turn: ChatTurn, _ response: [Token]) -> ChatTurn {
    var turn = turn
    let isEnded = response.last == tokenizer.end
    let said = isEnded ? response.dropLast() : response[...]
    if client.parameters.tokens == .same {
      turn.answer = tokenizer.decode(said)
      turn.tokens = response
      turn.end = isEnded ? .id(tokenizer.end) : nil
    } else {
      turn.answer = said.map(word).joined()
      turn.end = isEnded ? .text(client.parameters.endText) : nil
    }
    return turn
  }

  /// Context and response as one input.
  func input(_ context: CompletionsRequest.Input, _ response: [Token]) -> CompletionsRequest.Input {
    switch context {
    case .chat(let turn): .chat(answered(turn, response))
    case .text(let text): .text(text + response.map(word).joined())
    case .tokens(let tokens):
      .tokens(tokens + (spelled.isEmpty ? response : response.flatMap { spelled[$0] }))
    }
  }

  /// The scores of each token of a response: those of the server's tokens in which it is written.
  func grouped(
    _ scores: [ServerScore], response: [Token], prompt: Prompt
  ) throws -> [ArraySlice<ServerScore>] {
    switch client.parameters.tokens {
    case .same: return groups(of: scores, sizes: response.map { _ in 1 })
    case .tokenize: return groups(of: scores, sizes: response.map { spelled[$0].count })
    case .text:
      let sizes = try textSizes(scores, words: response.map(word), prompt: prompt)
      return groups(of: scores, sizes: sizes)
    }
  }

  /// The number of server tokens in each word, by matching their texts from the end.
  private func textSizes(
    _ scores: [ServerScore], words: [String], prompt: Prompt
  ) throws -> [Int] {
    var rest = scores[...]
    var sizes: [Int] = []
    for word in words.reversed() {
      var text = ""
      var size = 0
      while text.utf8.count < word.utf8.count, let last = rest.popLast() {
        text = last.token.description + text
        size += 1
      }
      guard text == word else {
        throw CompletionsError.boundary(prompt: prompt.id, word: word, token: text)
      }
      sizes.append(size)
    }
    return sizes.reversed()
  }

  private func groups(of scores: [ServerScore], sizes: [Int]) -> [ArraySlice<ServerScore>] {
    var start = scores.count - sizes.reduce(0, +)
    return sizes.map { size in
      defer { start += size }
      return scores[start..<start + size]
    }
  }

  private func word(_ token: Token) -> String {
    token == tokenizer.end ? client.parameters.endText : tokenizer.word(token)
  }

  private func filled(_ prompt: Prompt) -> String {
    PromptFormat(client.parameters.template).parts(for: prompt).reduce(into: "") { text, part in
      if case .text(let said) = part { text += said }
    }
  }
}
#endif
