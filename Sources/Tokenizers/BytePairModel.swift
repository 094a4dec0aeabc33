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
  let wholes: WholeTokens?
  /// The tokens that `wholes` was made of.
  let wholeTokens: [UInt32]

  /// - Throws: `TokenizerError.malformed` where a merge names what is no token.
  init(_ parts: TokenizerParts) throws {
    var numbers: [[UInt8]: UInt32] = [:]
    numbers.reserveCapacity(parts.spellings.count)
    var bytes = TokenBytes()
    for (token, spelling) in parts.spellings.enumerated() {
      let own = ByteAlphabet.bytes(of: spelling)
      bytes.append(own ?? Array(spelling.utf8))
      if parts.isInModel[token] { numbers[Array(spelling.utf8)] = UInt32(token) }
    }
    self.bytes = bytes
    byteTokens = ByteAlphabet.scalars.map {
      numbers[Array(String($0).utf8)] ?? Self.noToken
    }
    merges = try Self.merges(parts, numbers)
    // Only a token spelt in the alphabet can equal a piece.
    wholeTokens = parts.wholes.filter { ByteAlphabet.bytes(of: parts.spellings[$0]) != nil }
      .sorted().map { UInt32($0) }
    wholes = wholeTokens.isEmpty ? nil : WholeTokens(wholeTokens, bytes: bytes)
  }

  /// The bytes that no token writes, in order.
  var missingBytes: [UInt8] {
    (0..<256).filter { byteTokens[$0] == Self.noToken }.map { UInt8($0) }
  }

  private static func merges(
    _ parts: TokenizerParts, _ numbers: [[UInt8]: UInt32]
  ) throws -> MergeTable {
    var table = MergeTable(count: parts.merges.count)
    for (rank, merge) in parts.merges.enumerated() {
      let (left, right) = (Array(merge.left.utf8), Array(merge.right.utf8))
      guard let first = numbers[left], let second = numbers[right],
        let both = numbers[left + right]
      else {
        let missing = [left, right, left + right].first { numbers[$0] == nil } ?? []
        throw TokenizerError.malformed(
          source: parts.source, place: "merge \(rank)",
          reason: "the token '\(String(decoding: missing.prefix(60), as: UTF8.self))' is unknown")
      }
      table.insert(first, second, rank: rank, token: both)
    }
    return table
  }
}
