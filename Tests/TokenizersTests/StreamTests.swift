import Core
import Testing

@testable import Tokenizers

@Suite("Text token by token")
struct StreamTests {
  @Test("adds up to the whole text, with no half character on the way", arguments: 0..<10)
  func whole(seed: UInt64) throws {
    let tokenizer = try BytePairTrainer.train()
    let tokens = tokenizer.encode(RandomText.make(seed, parts: 100))
    var decoder = StreamDecoder(tokenizer)
    var text = ""
    for token in tokens {
      guard let chunk = decoder.append(token) else { continue }
      #expect(chunk.unicodeScalars.last != "\u{FFFD}")
      text += chunk
    }
    text += decoder.finish()
    #expect(text.utf8.elementsEqual(tokenizer.decode(tokens).utf8))
  }

  @Test("withholds a character until its last byte")
  func withheld() throws {
    let tokenizer = try BytePairTrainer.train(count: 0, specials: [])
    var decoder = StreamDecoder(tokenizer)
    #expect([0xF0, 0x9F, 0x98, 0x80].map { decoder.append($0) } == [nil, nil, nil, "😀"])
    #expect(decoder.append(0xC3) == nil)
    #expect(decoder.finish() == "\u{FFFD}" && decoder.finish().isEmpty)
  }
}
