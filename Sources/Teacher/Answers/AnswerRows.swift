import Core

extension AnswerDistribution {
  /// What there is to say about a response.
  func score(_ response: [Token], support: TeacherSupport) -> TeacherScore {
    let path = path(response)
    let sampled = sampled(response, along: path)
    return switch support {
    case .sampled: TeacherScore(sampled: sampled)
    case .top(let k): TeacherScore(sampled: sampled, top: path.map { top(k, after: $0) })
    case .full:
      TeacherScore(sampled: sampled, rows: AnswerRows(distribution: self, path: path))
    }
  }
}

/// Rows of the vocabulary that are made from the answer tree when they are read.
struct AnswerRows: VocabularyRows {
  let distribution: AnswerDistribution
  let path: [Int32?]

  var positions: Int { path.count }
  var vocabularySize: Int { distribution.vocabularySize }

  func logProbabilities(_ range: Range<Int>) -> [Float] {
    var rows = [Float](repeating: 0, count: range.count * vocabularySize)
    for (row, position) in range.enumerated() {
      let bounds = row * vocabularySize..<(row + 1) * vocabularySize
      distribution.write(after: path[position], into: &rows[bounds])
    }
    return rows
  }
}
