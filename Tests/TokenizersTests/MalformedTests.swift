import Core
import Testing

@testable import Tokenizers

@Suite("Damaged and foreign tokenizer files")
struct MalformedTests {
  /// What a changed file is refused with.
  private func refusal(_ change: (inout FileText) -> Void) throws -> String {
    var file = FileText()
    change(&file)
    let json = file.json
    return try #require(
      #expect(throws: TokenizerError.self) { try BytePairTokenizer(json: json) }
    ).description
  }

  @Test("are refused with the entry that is wrong")
  func vocabulary() throws {
    #expect(
      try refusal { $0.vocabulary[5].1 = 6 } == """
        The tokenizer of 'tokenizer.json' cannot be used: at 'model.vocab' 'ą' and \
        'Ć' are both number 6. \
        It may be cut short or edited; fetch it again.
        """)
    #expect(
      try refusal { $0.vocabulary[257].1 = 999 }.contains("'the' has the number 999, not 0 ..< 258")
    )
    #expect(try refusal { $0.vocabulary[3].1 = -1 }.contains("has the number -1"))
    #expect(
      try refusal { $0.vocabulary.append(("the", 258)) }.contains("'the' occurs twice"))
    #expect(
      try refusal { $0.model += #", "vocab": {"x": 99999999999999999999999999}"# }
        .contains("the name 'vocab' occurs twice"))
    #expect(
      try refusal { $0.merges = #"["t q"]"# }.contains("at 'merge 0' the token 'tq' is unknown"))
    #expect(try refusal { $0.merges = #"["t h", "the"]"# }.contains("'model.merges[1]' a pair"))
    #expect(try refusal { $0.merges = #"["t  h"]"# }.contains("a pair of tokens is expected"))
    #expect(try refusal { $0.merges = "7" }.contains("'model.merges' should be a list, not 7"))
  }

  @Test("are refused with the added token that is wrong")
  func addedTokens() throws {
    #expect(
      try refusal { $0.added = "[\(FileText.added(300, "<x>"))]" }
        .contains("'<x>' has the number 300, not 258"))
    #expect(
      try refusal { $0.added = "[\(FileText.added(258, "the"))]" }
        .contains("'the' has the number 258, not 257"))
    let two = FileText.added(258, "<x>")
    #expect(try refusal { $0.added = "[\(two), \(two)]" }.contains("'<x>' occurs twice"))
    #expect(try refusal { $0.added = "[\(FileText.added(258, ""))]" }.contains("content' is empty"))
    #expect(try refusal { $0.added = #"[{"content": "x"}]"# }.contains("id' is missing"))
  }

  @Test("are refused where they ask for what is not computed here")
  func unsupported() throws {
    #expect(
      try refusal { $0.normalizer = #"{"type": "Lowercase"}"# } == """
        The tokenizer of 'tokenizer.json' asks at 'normalizer.type' for 'Lowercase', which is not \
        computed here. \
        Known here: 'NFC'.
        """)
    #expect(try refusal { $0.extra = #", "surprise": 1"# }.contains("the key 'surprise'"))
    #expect(try refusal { $0.model += #", "dropout": 0.1"# }.contains("occurs twice"))
    #expect(try refusal { $0.model = #""type": "Unigram""# }.contains("'Unigram'"))
    #expect(try refusal { $0.model = #""dropout": 0.1"# }.contains("left out at random"))
    #expect(try refusal { $0.model = #""end_of_word_suffix": "</w>""# }.contains("'</w>'"))
    #expect(
      try refusal { $0.preTokenizer = #"{"type": "ByteLevel", "add_prefix_space": true}"# }
        .contains("a space before each text"))
    #expect(try refusal { $0.preTokenizer = #"{"type": "Whitespace"}"# }.contains("'Whitespace'"))
    #expect(try refusal { $0.preTokenizer = #"{"type": "Digits"}"# }.contains("not read as bytes"))
    #expect(
      try refusal {
        $0.preTokenizer = #"{"type": "Split", "behavior": "Isolated", "pattern": {"Regex": "."}}"#
      }.contains("for '.', which"))
    #expect(try refusal { $0.decoder = #"{"type": "Metaspace"}"# }.contains("'Metaspace'"))
    #expect(try refusal { $0.processor = #"{"type": "BertProcessing"}"# }.contains("'BertProc"))
  }

  @Test("are refused, and stop nothing, wherever they are cut")
  func cut() {
    let json = FileText().json
    for count in stride(from: 0, to: json.count - 1, by: 7) {
      #expect(throws: TokenizerError.self) { try BytePairTokenizer(json: Array(json[..<count])) }
    }
  }

  @Test("are read or refused, and stop nothing, whatever byte is changed")
  func changed() {
    let json = FileText().json
    var generator = Seed(3).generator()
    for _ in 0..<300 {
      var copy = json
      copy[Int(generator.next() % UInt64(json.count))] = UInt8(truncatingIfNeeded: generator.next())
      do { _ = try BytePairTokenizer(json: copy).encode("the thé") } catch {
        #expect(error is TokenizerError)
      }
    }
  }

  @Test(
    "are refused where they are not JSON",
    arguments: [
      "", "{", "[", "{}", "nul", "\"", "\"\\x\"", "\"\\ud800\"", "{\"a\" 1}", "[1,]", "1e", "{} {}",
      "\u{1}",
      "[\"\\u12\"]", "\"\\", "-", "[1 2]",
    ])
  func notJSON(text: String) {
    #expect(throws: TokenizerError.self) { try BytePairTokenizer(json: Array(text.utf8)) }
  }

  @Test("are refused where values are nested without end")
  func nested() throws {
    for open in ["[", "{\"a\":"] {
      let json = Array(String(repeating: open, count: 1_000_000).utf8)
      let error = #expect(throws: TokenizerError.self) { try BytePairTokenizer(json: json) }
      #expect(error?.happened.contains("nested more than 64 deep") == true)
    }
  }

  @Test("as GGUF metadata are refused with the key that is wrong")
  func gguf() throws {
    func refusal(_ change: (inout GGUFVocabulary) -> Void) throws -> String {
      var vocabulary = GGUFVocabulary(
        tokens: ByteAlphabet.scalars.map { String($0) } + ["th", "<|end|>"], merges: ["t h"],
        types: Array(repeating: 1, count: 257) + [3], pre: "smollm", ends: [257])
      change(&vocabulary)
      let changed = vocabulary
      return try #require(
        #expect(throws: TokenizerError.self) { try BytePairTokenizer(changed, source: "a.gguf") }
      ).description
    }
    #expect(try refusal { $0.model = "llama" }.contains("for 'llama', which is not computed here"))
    #expect(try refusal { $0.pre = "tekken" }.contains("gpt2, llama-bpe"))
    #expect(try refusal { $0.types = [1] }.contains("there are 1 types of 258 tokens"))
    #expect(try refusal { $0.ends = [.max] }.contains("there is no token \(Int.max)"))
    #expect(try refusal { $0.beginning = -1 }.contains("there is no token -1"))
    #expect(try refusal { $0.tokens[3] = "th" }.contains("'th' occurs twice"))
    #expect(try refusal { $0.merges = ["th"] }.contains("merge 0 is 'th'"))
    #expect(try refusal { $0.merges = ["x y"] }.contains("the token 'xy' is unknown"))
    #expect(try refusal { $0.tokens[257] = "" }.contains("the control token 257 is empty"))
  }
}
