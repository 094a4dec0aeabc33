import Foundation
import Core
import Teacher

/// A teacher that has only counted: how often a token follows another in right answers.
public struct BigramTeacher: TeacherScorer {
  public let vocabularyFingerprint: String
  public let support = TeacherSupport.sampled
  public let flopsPerToken = 0.0

  private let size: Int
  private let smoothing: Double
  private var counts: [[Token]: Double] = [:]

  /// Counts in answers; `smoothing` is added to every count, so that nothing is impossible.
  public init(answers: [[Token]], tokenizer: any Tokenizer, smoothing: Double) {
    vocabularyFingerprint = tokenizer.fingerprint
    size = tokenizer.count
    self.smoothing = smoothing
    for answer in answers {
      for (last, token) in zip([-1] + answer, answer) {
        counts[[last, token], default: 0] += 1
        counts[[last], default: 0] += 1
      }
    }
  }

  public func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    try requests.map { request in
      try request.responses.map { response in
        let sampled = try zip([-1] + response, response).map { last, token in
          guard (0..<size).contains(token) else {
            throw TeacherError.foreignToken(
              prompt: request.prompt.id, token: token, vocabulary: size)
          }
          let pair = (counts[[last, token]] ?? 0) + smoothing
          return Float(log(pair / ((counts[[last]] ?? 0) + smoothing * Double(size))))
        }
        return TeacherScore(sampled: sampled)
      }
    }
  }
}
