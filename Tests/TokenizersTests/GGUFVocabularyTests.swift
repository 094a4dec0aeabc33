import Storage
import Testing

@testable import Tokenizers

@Suite("A tokenizer in the metadata of a GGUF file")
struct GGUFVocabularyTests {
  private var metadata: [String: GGUFValue] {
    [
      "general.name": .string("tiny"),
      "tokenizer.ggml.model": .string("gpt2"),
      "tokenizer.ggml.pre": .string("gpt2"),
      "tokenizer.ggml.tokens": .array(["a", "b", "ab", "<end>"].map { .string($0) }),
      "tokenizer.ggml.merges": .array([.string("a b")]),
      "tokenizer.ggml.token_type": .array([1, 1, 1, 3].map { .int32($0) }),
      "tokenizer.ggml.eos_token_id": .uint32(3),
      "tokenizer.ggml.padding_token_id": .uint32(3),
      "tokenizer.ggml.add_space_prefix": .bool(false),
    ]
  }

  private func complaint(_ change: (inout [String: GGUFValue]) -> Void) -> String {
    var changed = metadata
    change(&changed)
    do {
      _ = try GGUFVocabulary(metadata: changed, source: "tiny.gguf")
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test("is read with every key that says something")
  func reads() throws {
    let vocabulary = try GGUFVocabulary(metadata: metadata, source: "tiny.gguf")
    #expect(vocabulary.tokens == ["a", "b", "ab", "<end>"])
    #expect(vocabulary.types == [1, 1, 1, 3] && vocabulary.ends == [3])
    #expect(vocabulary.beginning == nil && vocabulary.addsBeginning == nil)
  }

  @Test("is refused where a key asks for what nobody computes here")
  func unknown() {
    #expect(
      complaint { $0["tokenizer.ggml.add_space_prefix"] = .bool(true) }
        .contains("asks at 'tokenizer.ggml.add_space_prefix' for"))
    #expect(
      complaint { $0["tokenizer.ggml.precompiled_charsmap"] = .array([]) }
        .contains("'tokenizer.ggml.precompiled_charsmap'"))
  }

  @Test("is refused where a value is of another kind or out of range")
  func malformed() {
    #expect(complaint { $0["tokenizer.ggml.eos_token_id"] = .uint32(4) }.contains("none of the 4"))
    #expect(complaint { $0["tokenizer.ggml.bos_token_id"] = .string("1") }.contains("none of the"))
    #expect(
      complaint { $0["tokenizer.ggml.token_type"] = .array([.string("x")]) }
        .contains("no list of whole numbers"))
    #expect(
      complaint { $0["tokenizer.ggml.add_bos_token"] = .int32(1) }.contains("neither true nor"))
    #expect(complaint { $0["tokenizer.ggml.tokens"] = nil }.contains("no such list"))
  }
}
