internal import Storage

/// The classes of characters that the reference tokenizers know, as ranges of code points.
struct ClassRanges: Decodable {
  var ranges_first_last: [String: [[Int]]]

  static func checks(_ path: String) throws -> [TokenizerCheck] {
    let expected: ClassRanges = try JSONLines.readWhole(path)
    let classes = CharacterClasses.shared
    let tests: [(name: String, isIn: (UInt32) -> Bool)] = [
      ("letter", { classes.of($0) == .letter }),
      ("number", { classes.of($0) == .number }),
      ("space", { classes.of($0) == .space || classes.of($0) == .newline }),
      ("digit", { classes.isDigit($0) }),
    ]
    return tests.map { test in
      TokenizerCheck("classes/\(test.name)", expected.ranges_first_last[test.name] ?? []) { range in
        guard range.count == 2, range[0] >= 0, range[1] <= 0x10FFFF, range[0] <= range[1] else {
          return "\(range) is no range"
        }
        // The range is in, and what adjoins it is not: then the ranges are all there is.
        let inside = (range[0]...range[1]).allSatisfy { test.isIn(UInt32($0)) }
        let outside = [range[0] - 1, range[1] + 1].contains { test.isIn(UInt32(max(0, $0))) }
        return inside && !outside ? nil : "\(range)"
      }
    } + tests.map { test in count(test.name, test.isIn, expected) }
  }

  /// As many characters as the ranges hold: none lies elsewhere.
  private static func count(
    _ name: String, _ isIn: (UInt32) -> Bool, _ expected: ClassRanges
  ) -> TokenizerCheck {
    let ranges = expected.ranges_first_last[name] ?? []
    let sum = ranges.reduce(0) { $0 + ($1.last ?? 0) - ($1.first ?? 0) + 1 }
    return TokenizerCheck("classes/\(name) count", [sum]) { sum in
      let own = (UInt32(0)...0x10FFFF).count { Unicode.Scalar($0) != nil && isIn($0) }
      return own == sum ? nil : "\(own), not \(sum)"
    }
  }
}
