/// A byte-level vocabulary and its merges, in the shape that merging reads.
struct BytePairModel: Sendable {
  /// Stands for "no token writes this byte".
  static let noToken = UInt32.max

  /// The bytes of each token, added ones too.
  let bytes: TokenBytes
  /// The token of each of the 256 bytes.
  let byteTokens: [UInt32]
  let merges: MergeTable
  /// Where pieces that are tokens are taken whole: those tokens.
  let wholes: TokenIndex?
  /// The tokens that `wholes` was made of.
  let wholeTokens: [UInt32]

  /// - Throws: `TokenizerError.malformed` where a merge names what is no token.
  init(_ parts: TokenizerParts) throws {
    var bytes = TokenBytes()
    var isSpelt: [Bool] = []
    var own: [UInt8] = []
    let composed = parts.composedContents
    for token in 0..<parts.spellings.count {
      let spelling = composed[token] ?? parts.spellings.bytes[token]
      own.removeAll(keepingCapacity: true)
      isSpelt.append(ByteAlphabet.append(spelling, to: &own))
      bytes.append(isSpelt[token] ? own[...] : spelling)
    }
    self.bytes = bytes
    byteTokens = ByteAlphabet.scalars.map {
      parts.token(spelt: String($0)) ?? Self.noToken
    }
    merges = try Self.merges(parts)
    // Only a token spelt in the alphabet can equal a piece.
    wholeTokens = parts.wholes.filter { isSpelt[$0] }.sorted().map { UInt32($0) }
    var index = TokenIndex(count: wholeTokens.count)
    for token in wholeTokens { _ = index.insert(Int(token), of: bytes) }
    wholes = wholeTokens.isEmpty ? nil : index
  }

  /// The bytes that no token writes, in order.
  var missingBytes: [UInt8] {
    (0..<256).filter { byteTokens[$0] == Self.noToken }.map { UInt8($0) }
  }

  private static func merges(_ parts: TokenizerParts) throws -> MergeTable {
    var table = MergeTable(count: parts.merges.count)
    var text: [UInt8] = []
    for (rank, merge) in parts.merges.enumerated() {
      text.removeAll(keepingCapacity: true)
      text.append(contentsOf: merge.left.utf8)
      let middle = text.count
      text.append(contentsOf: merge.right.utf8)
      var found: [UInt32] = []
      for range in [0..<middle, middle..<text.count, text.indices] {
        guard let token = parts.token(spelt: text, range) else {
          let name = String(decoding: text[range].prefix(60), as: UTF8.self)
          throw TokenizerError.malformed(
            source: parts.source, place: "merge \(rank)", reason: "the token '\(name)' is unknown")
        }
        found.append(token)
      }
      table.insert(found[0], found[1], rank: rank, token: found[2])
    }
    return table
  }
}
