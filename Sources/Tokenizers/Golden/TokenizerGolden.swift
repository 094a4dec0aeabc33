internal import Foundation
internal import Storage

/// Compares the tokenizers with reference values of the packages that made the vocabularies.
package enum TokenizerGolden {
  /// Every case of a folder of reference values: `tokenizer/` and `gguf/tokenizer.json` in it.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds `tokenizer/`.
  ///   - smolVocabulary: What the GGUF of SmolLM2 says, which is too large to lie there; its cases are skipped without.
  ///   - vocabulary: What a GGUF beside `gguf/tokenizer.json` says of the same tokenizer.
  /// - Returns: A comparison for each part of each file.
  /// - Throws: `StorageError` or `TokenizerError` where a file of the folder cannot be read.
  package static func check(
    folder: String, smolVocabulary: GGUFVocabulary? = nil, vocabulary: GGUFVocabulary? = nil
  ) throws -> [TokenizerCheck] {
    let root = folder + "/tokenizer"
    var checks: [TokenizerCheck] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: root).sorted() {
      let path = "\(root)/\(name)/tokenizer.json"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let tokenizer = try BytePairTokenizer(json: TextFile.bytes(path), source: path)
      let vectors: TokenizerVectors = try JSONLines.readWhole("\(root)/\(name)/vectors.json")
      checks += vectors.checks(name, tokenizer)
    }
    checks += try smol(root, smolVocabulary)
    checks += try ClassRanges.checks(root + "/classes.json")
    checks += try agreement(folder, vocabulary)
    return checks
  }

  private static func smol(_ root: String, _ vocabulary: GGUFVocabulary?) throws -> [TokenizerCheck]
  {
    let chats = try Conversations.read(root + "/chat.json")
    guard let vocabulary else {
      let why = "SmolLM2's vocabulary was not given"
      return [chats.texts, TokenizerCheck(skipped: "smollm2", why)]
    }
    let tokenizer = try BytePairTokenizer(vocabulary, source: "SmolLM2's GGUF")
    let vectors: TokenizerVectors = try JSONLines.readWhole(root + "/smollm2.json")
    return vectors.checks("smollm2", tokenizer) + [chats.texts, chats.tokens(tokenizer)]
  }

  /// gguf/tokenizer.json reads back what it writes, and is the tokenizer that the GGUF files hold.
  private static func agreement(
    _ folder: String, _ vocabulary: GGUFVocabulary?
  ) throws -> [TokenizerCheck] {
    let path = folder + "/gguf/tokenizer.json"
    let ends = vocabulary.map { own in own.ends.sorted().map { own.tokens[$0] } } ?? []
    let tokenizer = try BytePairTokenizer(json: TextFile.bytes(path), source: path, ends: ends)
    let vectors: TokenizerVectors = try JSONLines.readWhole(folder + "/tokenizer/smollm2.json")
    let name = "gguf/tokenizer.json"
    let roundTrip = TokenizerCheck("\(name)/round trip", vectors.vectors) {
      let text = tokenizer.decode(tokenizer.encode($0.text))
      return TokenizerVectors.isSame(text, $0.text) ? nil : "\($0.text) comes back as \(text)"
    }
    guard let vocabulary else {
      return [roundTrip, TokenizerCheck(skipped: "\(name)/same as GGUF", "no GGUF was given")]
    }
    return [
      roundTrip,
      TokenizerCheck("\(name)/same as GGUF", [vocabulary]) {
        let other = try BytePairTokenizer($0, source: "GGUF").fingerprint
        return other == tokenizer.fingerprint ? nil : "the fingerprints differ"
      },
    ]
  }
}
