import Foundation
import Storage
import Testing

@testable import Tokenizers

@Suite("A text of a megabyte")
struct PeerTests {
  @Test(
    "has the tokens and the text that tokenizers gives it",
    .enabled(if: Reference.peer != nil, "OPD_TOKENIZER_PEER names no files"))
  func peer() throws {
    let names = try #require(Reference.peer).split(separator: " ").map { String($0) }
    try #require(names.count == 3)
    let tokenizer = try BytePairTokenizer(json: TextFile.bytes(names[0]), source: names[0])
    let text = try TextFile.text(names[1])
    var tokens: [Int] = []
    let seconds = ContinuousClock().measure { tokens = tokenizer.encode(text) }
    print("\(text.utf8.count) bytes, \(tokens.count) tokens in \(seconds)")
    #expect(tokens == (try numbers(names[2] + ".ids")))
    #expect(tokenizer.encodePlain(text) == (try numbers(names[2] + ".plain")))
    #expect(Array(tokenizer.decode(tokens).utf8) == (try TextFile.bytes(names[2] + ".txt")))
  }

  private func numbers(_ path: String) throws -> [Int] {
    let bytes = try TextFile.bytes(path)
    return stride(from: 0, to: bytes.count - 3, by: 4).map { at in
      (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
  }
}
