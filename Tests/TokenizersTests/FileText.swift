import Foundation

@testable import Tokenizers

/// A small tokenizer.json, in pieces that a test may replace.
struct FileText {
  var vocabulary: [(String, Int)]
  var merges = #"["t h", ["th", "e"]]"#
  var added = "[\(FileText.added(258, "<|end|>", "special"))]"
  var normalizer = "null"
  var preTokenizer =
    #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#
  var processor = "null"
  var decoder = #"{"type": "ByteLevel"}"#
  var model = #""type": "BPE", "dropout": null, "unk_token": null, "ignore_merges": false"#
  var extra = ""

  init() {
    vocabulary = ByteAlphabet.scalars.enumerated().map { (String($1), $0) }
    vocabulary += [("th", 256), ("the", 257)]
  }

  var json: [UInt8] {
    let entries = vocabulary.map { "\(Self.quoted($0)): \($1)" }.joined(separator: ", ")
    return Array(
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": \(added),
       "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer),
       "post_processor": \(processor), "decoder": \(decoder)\(extra),
       "model": {\(model), "vocab": {\(entries)}, "merges": \(merges)}}
      """.utf8)
  }

  func tokenizer(ends: [String] = []) throws -> BytePairTokenizer {
    try BytePairTokenizer(json: json, ends: ends)
  }

  /// An entry of `added_tokens`.
  static func added(_ id: Int, _ content: String, _ flags: String...) -> String {
    let names = ["single_word", "lstrip", "rstrip", "normalized", "special"]
    let all = names.map { "\"\($0)\": \(flags.contains($0))" }.joined(separator: ", ")
    return "{\"id\": \(id), \"content\": \(quoted(content)), \(all)}"
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      result += scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : "\(scalar)"
    }
    return result + "\""
  }
}
