import Testing

@testable import Tokenizers

@Suite("Pre-tokenizers")
struct PieceTests {
  private func cut(_ text: String, _ cuts: Cut...) -> [String] {
    let bytes = Array(text.utf8)
    var pieces: [String] = []
    PreTokenizer(cuts: cuts).forEachPiece(of: bytes, in: bytes.indices) {
      pieces.append(String(decoding: bytes[$0], as: UTF8.self))
    }
    return pieces
  }

  @Test("lose and add nothing, whatever the text", arguments: 0..<20)
  func partition(seed: UInt64) {
    let text = RandomText.make(seed, parts: 200)
    for cuts: [Cut] in [[.gpt2], [.digits, .gpt2], [.qwen2], [.llama3], [.digitRuns], []] {
      let bytes = Array(text.utf8)
      var place = 0
      PreTokenizer(cuts: cuts).forEachPiece(of: bytes, in: bytes.indices) {
        #expect($0.lowerBound == place && !$0.isEmpty)
        place = $0.upperBound
      }
      #expect(place == bytes.count)
    }
  }

  @Test("of GPT-2 keep a space with the word, and the last of several")
  func gpt2() {
    #expect(cut("I'm he'LL  go", .gpt2) == ["I", "'m", " he", "'", "LL", " ", " go"])
    #expect(cut("x 12ab!? \n\n y  ", .gpt2) == ["x", " 12", "ab", "!?", " \n\n", " y", "  "])
  }

  @Test("of SmolLM cut each digit off, with no space before it")
  func digits() {
    #expect(cut("a 12 b", .digits, .gpt2) == ["a", " ", "1", "2", " b"])
    #expect(cut("½٣", .digits, .gpt2) == ["½", "٣"])
  }

  @Test("of Qwen 2 know contractions in capitals, and keep line breaks with what precedes them")
  func qwen2() {
    #expect(cut("WE'VE x'ſ", .qwen2) == ["WE", "'VE", " x", "'ſ"])
    #expect(cut("a  \n b!\n\n(c 12", .qwen2) == ["a", "  \n", " b", "!\n\n", "(c", " ", "1", "2"])
  }

  @Test("of Llama 3 take digits by threes")
  func llama3() {
    #expect(cut("12345 x\t\ty", .llama3) == ["123", "45", " x", "\t", "\ty"])
  }

  @Test("take characters of Unicode 17 for what they were before: no letters")
  func age() {
    // U+088F is a letter since Unicode 17, U+0C5C too.
    #expect(cut("a\u{88F}b", .gpt2) == ["a", "\u{88F}", "b"])
    // The Digits pre-tokenizer knows U+11DE0, a digit of Unicode 17; the expressions do not.
    #expect(cut("5\u{11DE0}6", .digits) == ["5", "\u{11DE0}", "6"])
  }
}
