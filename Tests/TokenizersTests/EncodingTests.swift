import Core
import Testing

@testable import Tokenizers

@Suite("Byte-level BPE")
struct EncodingTests {
  @Test("reads back every text that it writes", arguments: 0..<20)
  func roundTrip(seed: UInt64) throws {
    let tokenizer = try BytePairTrainer.train()
    let text = RandomText.make(seed, parts: 400)
    for tokens in [tokenizer.encode(text), tokenizer.encodePlain(text)] {
      #expect(tokenizer.decode(tokens).utf8.elementsEqual(text.utf8))
      #expect(tokens.allSatisfy { (0..<tokenizer.count).contains($0) })
    }
  }

  @Test("merges as its naive twin does, for short and for long pieces", arguments: 0..<20)
  func naiveTwin(seed: UInt64) throws {
    let tokenizer = try BytePairTrainer.train(count: 420)
    var merger = PieceMerger()
    var generator = Seed(seed).generator()
    let letters = Array("the person opens".utf8)
    for length in [1, 2, 5, 17, 48, 49, 50, 180] {
      let piece = (0..<length).map { _ in
        letters[Int(generator.next() % UInt64(letters.count))]
      }
      merger.merge(piece, piece.indices, tokenizer.model)
      #expect(merger.symbols == NaiveMerger.merge(piece, tokenizer.model))
    }
  }

  @Test("gives the same tokens with the cache of pieces as without")
  func cache() throws {
    let tokenizer = try BytePairTrainer.train()
    let text = RandomText.make(7, parts: 3000)
    #expect(text.utf8.count > PieceCache.worthwhile)
    let bytes = Array(text.utf8)
    var expected: [Token] = []
    for part in tokenizer.finders.raw.parts(bytes, bytes.indices, .marked) {
      switch part {
      case .token(let token): expected.append(token)
      case .text(let range):
        tokenizer.preTokenizer.forEachPiece(of: bytes, in: range) {
          expected += NaiveMerger.merge(Array(bytes[$0]), tokenizer.model).map { Token($0) }
        }
      }
    }
    #expect(tokenizer.encode(text) == expected)
  }

  @Test("takes time and memory in proportion to a piece without end")
  func longPiece() throws {
    let tokenizer = try BytePairTrainer.train()
    let text = String(repeating: "the", count: 100_000)
    #expect(tokenizer.decode(tokenizer.encode(text)) == text)
  }

  @Test("reads a control token as one token, and in plain text as its letters")
  func specials() throws {
    let tokenizer = try BytePairTrainer.train()
    let text = "<|im_start|>user\nopen<|im_end|>"
    let marked = tokenizer.encode(text)
    #expect(marked.first == 1 && marked.last == 2)
    #expect(!tokenizer.encodePlain(text).contains { $0 < 3 })
    #expect(tokenizer.decode(marked) == text)
    #expect(tokenizer.decodeContent(marked) == "user\nopen")
    #expect(tokenizer.specials.map(\.token) == [0, 1, 2])
    #expect(tokenizer.token(named: "<|im_end|>") == 2 && tokenizer.ends == [2])
  }

  @Test("passes over numbers that are no tokens")
  func foreignTokens() throws {
    let tokenizer = try BytePairTrainer.train()
    #expect(tokenizer.decode([-1, 10_000, .max] + tokenizer.encode("x")) == "x")
  }

  @Test("writes half a character as one U+FFFD a maximal ill-formed part")
  func halves() throws {
    let tokenizer = try BytePairTrainer.train(count: 0, specials: [])
    let bytes: [Token] = [0xF0, 0x9F, 0x98, 0x41, 0xC3, 0xE4, 0xBD, 0xA0]
    #expect(tokenizer.decode(bytes) == "\u{FFFD}A\u{FFFD}你")
  }

  @Test("trains the vocabulary that is asked for, and the same one again")
  func training() throws {
    let tokenizer = try BytePairTrainer.train(count: 300)
    #expect(tokenizer.count == 300 && tokenizer.missingBytes.isEmpty)
    #expect(try tokenizer.fingerprint == BytePairTrainer.train(count: 300).fingerprint)
    #expect(tokenizer.encode(" the").count < 4)
  }
}
