public import Core

extension TeacherSupport {
  /// The most that two teachers can both give.
  public func meet(_ other: TeacherSupport) -> TeacherSupport {
    switch (self, other) {
    case (.full, let rest), (let rest, .full): rest
    case (.top(let mine), .top(let theirs)): .top(Swift.min(mine, theirs))
    case (.sampled, _), (_, .sampled): .sampled
    }
  }

  /// Throws unless this support serves a need.
  ///
  /// - Throws: `TeacherError.support`.
  func require(_ needed: TeacherSupport) throws {
    guard covers(needed) else { throw TeacherError.support(needed: needed, given: self) }
  }
}

/// The vocabulary that several teachers share.
///
/// - Throws: `TeacherError.vocabulary` where two differ.
func sharedFingerprint(_ teachers: [any TeacherScorer]) throws -> String {
  let expected = teachers.first?.vocabularyFingerprint ?? ""
  for teacher in teachers where teacher.vocabularyFingerprint != expected {
    throw TeacherError.vocabulary(expected: expected, received: teacher.vocabularyFingerprint)
  }
  return expected
}

/// Rows that are made from other rows when they are read.
struct TransformedRows: VocabularyRows {
  let sources: [any VocabularyRows]

  /// Receives one row of each source, V log-probabilities each, and makes one of them.
  let combine: @Sendable ([ArraySlice<Float>]) -> [Float]

  var positions: Int { sources.first?.positions ?? 0 }
  var vocabularySize: Int { sources.first?.vocabularySize ?? 0 }

  func logProbabilities(_ range: Range<Int>) -> [Float] {
    let blocks = sources.map { $0.logProbabilities(range) }
    let width = vocabularySize
    return (0..<range.count).flatMap { row in
      combine(blocks.map { $0[row * width..<(row + 1) * width] })
    }
  }
}

extension TeacherScore {
  /// What an objective asked for, read off whole rows.
  ///
  /// - Parameters:
  ///   - rows: A row for each position of the response.
  ///   - response: T tokens.
  ///   - support: How much was asked for.
  init(rows: some VocabularyRows, response: [Token], support: TeacherSupport) {
    var sampled: [Float] = []
    var top: [[ScoredToken]] = []
    for (position, token) in response.enumerated() {
      let row = rows.logProbabilities(position..<position + 1)
      sampled.append(row[token])
      if case .top(let k) = support { top.append(likeliest(k, in: row)) }
    }
    switch support {
    case .sampled: self.init(sampled: sampled)
    case .top: self.init(sampled: sampled, top: top)
    case .full: self.init(sampled: sampled, rows: rows)
    }
  }
}

/// The k largest entries of a row, largest first, lower numbers first among equals.
///
/// - Complexity: O(*V*·*k*) at worst; near O(*V*) on rows in no particular order.
func likeliest(_ k: Int, in row: [Float]) -> [ScoredToken] {
  var best: [ScoredToken] = []
  for (token, value) in row.enumerated() {
    if best.count == k, let last = best.last, value <= last.logProbability { continue }
    let place = best.firstIndex { $0.logProbability < value } ?? best.count
    best.insert(ScoredToken(token, value), at: place)
    if best.count > k { best.removeLast() }
  }
  return best
}
