internal import Core

extension BytePairTokenizer {
  /// A digest of everything that decides which tokens a text becomes and which text tokens become, and of nothing else.
  ///
  /// The same tokenizer has the same digest from a tokenizer.json and from a GGUF: order in the file, unreachable entries and
  /// the reading of absent keys leave no trace.
  static func fingerprint(_ parts: TokenizerParts, _ model: BytePairModel) -> String {
    var hash = ContentHash()
    hash.append("byte-level BPE 1")
    append((0..<model.bytes.count).map { UInt32(model.bytes[$0].count) }, to: &hash)
    hash.append(bytes: model.bytes.joined)
    append(model.byteTokens, to: &hash)
    // What a pair becomes is spelt by the pair.
    append(model.merges.inOrder.flatMap { [$0.left, $0.right] }, to: &hash)
    append(model.wholeTokens, to: &hash)
    append(parts.added, composes: parts.composes, to: &hash)
    hash.append(parts.preTokenizer.cuts.map(\.rawValue).joined(separator: ","))
    hash.append(parts.composes ? "composed" : "as it came")
    for tokens in [parts.frame.before, parts.frame.after, parts.ends] {
      append(tokens.map { UInt32($0) }, to: &hash)
    }
    return hash.hexadecimal()
  }

  private static func append(
    _ added: [AddedToken], composes: Bool, to hash: inout ContentHash
  ) {
    // Two passes are one where all added tokens are in the same.
    let sees = composes || Set(added.map(\.isNormalized)).count > 1
    for token in added.sorted(by: { $0.token < $1.token }) {
      hash.append(token.content)
      hash.append(integer: token.token)
      let flags = [
        token.isSingleWord, token.stripsLeft, token.stripsRight, token.isNormalized && sees,
        token.isSpecial,
      ]
      hash.append(bytes: flags.map { $0 ? 1 : 0 })
    }
  }

  /// Appends numbers and how many they are, seven bits a byte: most tokens take two bytes or three.
  private static func append(_ numbers: [UInt32], to hash: inout ContentHash) {
    hash.append(integer: numbers.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * numbers.count)
    for number in numbers {
      var left = number
      while left >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: left) | 0x80)
        left >>= 7
      }
      bytes.append(UInt8(left))
    }
    hash.append(bytes: bytes)
  }
}
