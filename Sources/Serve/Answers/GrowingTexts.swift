internal import Core
internal import Synchronization

/// The texts of answers while they grow: whole characters, and nothing that may be the beginning of a text at which one ends.
///
/// What is given out of an answer is a beginning of its text as it is in the end, however its tokens cut characters and texts.
final class GrowingTexts: Sendable {
  private struct Text {
    /// Tokens that end within a character.
    var pending: [Token] = []
    /// Bytes that may be the beginning of a text at which the answer ends.
    var held: [UInt8] = []
    var hasEnded = false
  }

  private let stops: [[UInt8]]
  private let tokenizer: any Tokenizer
  private let texts: Mutex<[Text]>

  init(_ stops: [String], _ tokenizer: any Tokenizer, answers: Int) {
    self.stops = stops.map { Array($0.utf8) }
    self.tokenizer = tokenizer
    texts = Mutex(Array(repeating: Text(), count: answers))
  }

  /// Those of a request whose answers are sent while they grow; `nil` for another one.
  convenience init?(of request: GenerationRequest, _ tokenizer: any Tokenizer) {
    guard request.stream != nil else { return nil }
    self.init(request.stops, tokenizer, answers: request.choices)
  }

  /// What can be said once a token has come; `nil` where nothing can.
  ///
  /// - Complexity: O(bytes that are held), few beside the token's own.
  func append(_ token: Token, to answer: Int) -> String? {
    texts.withLock { texts in
      guard !texts[answer].hasEnded, !tokenizer.ends.contains(token) else { return nil }
      texts[answer].pending.append(token)
      let text = tokenizer.text(texts[answer].pending)
      // What ends in U+FFFD may be a character that is not whole yet; where it never gets whole, the end of the answer says so.
      guard text.unicodeScalars.last != "\u{FFFD}" else { return nil }
      texts[answer].pending = []
      texts[answer].held += text.utf8
      return release(&texts[answer])
    }
  }

  /// Takes out what no text at which the answer ends can begin in.
  private func release(_ text: inout Text) -> String? {
    let held = text.held
    if let place = stops.compactMap({ first($0, in: held) }).min() {
      text.hasEnded = true
      text.held = []
      return place > 0 ? String(decoding: held[..<place], as: UTF8.self) : nil
    }
    let kept = stops.map { overlap(of: held, with: $0) }.max() ?? 0
    text.held = Array(held.suffix(kept))
    let said = held.dropLast(kept)
    return said.isEmpty ? nil : String(decoding: said, as: UTF8.self)
  }

  private func first(_ stop: [UInt8], in bytes: [UInt8]) -> Int? {
    bytes.indices.first { bytes[$0...].starts(with: stop) }
  }

  /// How many bytes at the end are a beginning of a text.
  private func overlap(of bytes: [UInt8], with stop: [UInt8]) -> Int {
    let most = min(bytes.count, stop.count - 1)
    return (0...max(0, most)).last { bytes.suffix($0).elementsEqual(stop.prefix($0)) } ?? 0
  }
}
