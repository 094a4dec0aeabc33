/// Unicode's composed form (NFC) as the `NFC` normaliser of tokenizers makes it.
enum CanonicalComposition {
  /// The version of tokenizers' tables: newer characters neither move nor change there.
  static let version: Unicode.Version = (major: 9, minor: 0)

  /// The composed form of well-formed UTF-8, or `nil` where it is the text itself.
  ///
  /// Below U+0300 nothing composes, reorders or decomposes, and its lead bytes are those below 0xCC. Above, only runs of
  /// characters that might change are looked at, each with the character before it, which may take a mark.
  static func composed(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    guard bytes.contains(where: { $0 >= 0xCC }) else { return nil }
    let pairs = CanonicalPairs.shared
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var run: [Unicode.Scalar] = []
    var mayChange = false
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let role = pairs.role(of: scalar)
      if role != .partOfRun {
        append(mayChange ? composed(run, pairs) : run, to: &result)
        run.removeAll(keepingCapacity: true)
      }
      mayChange = role == .partOfRun
      if role == .alone { append([scalar], to: &result) } else { run.append(scalar) }
    }
    append(mayChange ? composed(run, pairs) : run, to: &result)
    return result
  }

  private static func append(_ scalars: [Unicode.Scalar], to result: inout [UInt8]) {
    for scalar in scalars {
      if scalar.isASCII {
        result.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  /// The composed form of a run (UAX 15): decompose, order marks by class, join each with the last starter that takes it.
  private static func composed(
    _ run: [Unicode.Scalar], _ pairs: CanonicalPairs
  ) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    for scalar in run { pairs.decompose(scalar, into: &scalars) }
    var result: [Unicode.Scalar] = []
    var starter: Int?
    var last: UInt8 = 0
    for (scalar, rank) in ordered(scalars) {
      // Between the starter and this one only marks of a lower class may stand.
      let isNext = starter.map { $0 + 1 == result.count } ?? false
      if let starter, isNext || last < rank,
        let joined = pairs.composition(result[starter], scalar)
      {
        result[starter] = joined
      } else {
        if rank == 0 { starter = result.count }
        last = rank
        result.append(scalar)
      }
    }
    return result
  }

  /// Marks between two starters by their canonical combining class, those of one class as they came.
  private static func ordered(
    _ scalars: [Unicode.Scalar]
  ) -> [(scalar: Unicode.Scalar, rank: UInt8)] {
    var marks: [(scalar: Unicode.Scalar, rank: UInt8)] = []
    var result: [(scalar: Unicode.Scalar, rank: UInt8)] = []
    for scalar in scalars {
      let rank = scalar.properties.canonicalCombiningClass.rawValue
      if rank == 0 {
        result += stablySorted(marks)
        marks.removeAll(keepingCapacity: true)
        result.append((scalar, 0))
      } else {
        marks.append((scalar, rank))
      }
    }
    return result + stablySorted(marks)
  }

  /// Swift's sort is stable, though only its source says so; the place decides between equals.
  private static func stablySorted(
    _ marks: [(scalar: Unicode.Scalar, rank: UInt8)]
  ) -> [(scalar: Unicode.Scalar, rank: UInt8)] {
    guard marks.count > 1 else { return marks }
    return marks.enumerated()
      .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
  }
}
