import Core
import Testing

@testable import Tokenizers

@Suite("tokenizer.json")
struct FileTests {
  @Test("is read with merges as pairs and as texts, and with added tokens beyond the vocabulary")
  func reads() throws {
    let tokenizer = try FileText().tokenizer(ends: ["<|end|>"])
    #expect(tokenizer.count == 259 && tokenizer.ends == [258])
    #expect(tokenizer.encode("the<|end|>th") == [257, 258, 256])
    #expect(tokenizer.encode(" the") == [0x20, 257])
  }

  @Test("ends a response with the token that is named first, whichever number it has")
  func firstEnd() throws {
    let tokenizer = try BytePairTokenizer(json: FileText().json, endNumbers: [258, 7])
    #expect(tokenizer.end == 258 && tokenizer.ends == [7, 258])
  }

  @Test("puts the template around a text only where it is asked for")
  func frame() throws {
    var file = FileText()
    file.processor = """
      {"type": "Sequence", "processors": [{"type": "ByteLevel", "trim_offsets": false},
       {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<|end|>", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<|end|>", "type_id": 0}}],
        "pair": [],
        "special_tokens": {"<|end|>": {"id": "<|end|>", "ids": [258], "tokens": ["<|end|>"]}}}]}
      """
    let tokenizer = try file.tokenizer()
    #expect(tokenizer.encode("the") == [257])
    #expect(tokenizer.encodeFramed("the") == [258, 257, 258])
  }

  @Test("takes a whole piece before any merge where it says so")
  func wholePieces() throws {
    var file = FileText()
    file.vocabulary.append(("zq", 258))
    file.added = "[]"
    #expect(try file.tokenizer().encode("zq") == [122, 113])
    file.model = #""type": "BPE", "ignore_merges": true"#
    #expect(try file.tokenizer().encode("zq the") == [258, 0x20, 257])
  }

  @Test("composes text where it says so")
  func composes() throws {
    var file = FileText()
    #expect(try file.tokenizer().encode("e\u{301}").count == 3)
    file.normalizer = #"{"type": "Sequence", "normalizers": [{"type": "NFC"}]}"#
    let tokenizer = try file.tokenizer()
    #expect(tokenizer.encode("e\u{301}") == [0xC3, 0xA9])
    #expect(
      tokenizer.decode(tokenizer.encode("q\u{307}\u{323} \u{1100}\u{1161}\u{11A8}"))
        == "q\u{323}\u{307} 각")
  }

  @Test(
    "strips white space, spares words and composes the names of added tokens, each where it says so"
  )
  func addedTokens() throws {
    var file = FileText()
    file.normalizer = #"{"type": "NFC"}"#
    let entries = [
      FileText.added(258, "<m>", "lstrip", "rstrip"), FileText.added(259, "the", "single_word"),
      FileText.added(260, "<é>", "normalized"), FileText.added(261, "<m>>", "special"),
    ]
    file.added = "[\(entries.joined(separator: ", "))]"
    #expect(throws: TokenizerError.self) { try file.tokenizer() }
    file.added = "[\(entries.joined(separator: ", ").replacing("259", with: "257"))]"
      .replacing("260", with: "259").replacing("261", with: "260")
    let tokenizer = try file.tokenizer()
    #expect(tokenizer.encode("a \n<m>\t b") == [97, 258, 98])
    #expect(tokenizer.encode("<m>><m>") == [260, 258])
    #expect(tokenizer.encode("the 1the") == [257, 0x20, 0x31, 257])
    #expect(tokenizer.encode("<e\u{301}>") == [259])
    #expect(tokenizer.encodePlain("x<m>>").last != 260)
  }

  @Test("tells é in one scalar from é in two, in vocabularies and in added tokens")
  func spelling() throws {
    var file = FileText()
    let entries = [FileText.added(258, "<é>"), FileText.added(259, "<e\u{301}>")]
    file.added = "[\(entries.joined(separator: ", "))]"
    let tokenizer = try file.tokenizer()
    #expect(tokenizer.encode("<é><e\u{301}>") == [258, 259])
    #expect(tokenizer.token(named: "<e\u{301}>") == 259)
  }

  @Test("has one fingerprint from a tokenizer.json and from a GGUF, and another for each change")
  func fingerprints() throws {
    let file = FileText()
    let tokenizer = try file.tokenizer(ends: ["<|end|>"])
    var gguf = GGUFVocabulary(
      tokens: file.vocabulary.map(\.0) + ["<|end|>"], merges: ["t h", "th e"],
      types: file.vocabulary.map { _ in 1 } + [3], pre: "gpt-2", ends: [258])
    #expect(try BytePairTokenizer(gguf, source: "x.gguf").fingerprint == tokenizer.fingerprint)
    gguf.ends = []
    var prints: Set = [tokenizer.fingerprint, try BytePairTokenizer(gguf, source: "").fingerprint]
    for change: (inout FileText) -> Void in [
      { $0.merges = #"["th e", "t h"]"# }, { $0.merges = #"["t h"]"# },
      { $0.normalizer = #"{"type": "NFC"}"# }, { $0.added = "[]" },
      { $0.model = #""ignore_merges": true"# },
      { $0.added = "[\(FileText.added(258, "<|end|>"))]" },
      {
        $0.vocabulary.swapAt(0, 1); $0.vocabulary[0].1 = 0; $0.vocabulary[1].1 = 1
      },
    ] {
      var changed = file
      change(&changed)
      prints.insert(try changed.tokenizer().fingerprint)
    }
    #expect(prints.count == 9)
  }
}
