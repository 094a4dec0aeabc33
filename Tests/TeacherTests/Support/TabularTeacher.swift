import Foundation
import Core
import Synchronization
import Teacher

/// A teacher whose distributions are computed from prompt and prefix by a formula; it counts what it is asked.
final class TabularTeacher: TeacherScorer {
  let vocabulary: Int
  let support: TeacherSupport
  let vocabularyFingerprint: String
  let flopsPerToken: Double
  let salt: Double
  let asked = Mutex<[Int]>([])

  init(
    vocabulary: Int = 5, support: TeacherSupport = .full, fingerprint: String = "toy",
    flopsPerToken: Double = 3, salt: Double = 0
  ) {
    self.vocabulary = vocabulary
    self.support = support
    self.flopsPerToken = flopsPerToken
    self.salt = salt
    vocabularyFingerprint = fingerprint
  }

  /// How many responses each call was about.
  var calls: [Int] { asked.withLock { $0 } }

  func probabilities(_ prompt: Prompt, _ prefix: [Token]) -> [Double] {
    let base = prefix.reduce(Double(prompt.id.utf8.reduce(0) { $0 * 7 + Int($1) })) {
      $0 * 1.7 + Double($1)
    }
    let logits = (0..<vocabulary).map { 2 * sin(base + salt + Double($0 * $0)) }
    let total = logits.reduce(0) { $0 + exp($1) }
    return logits.map { exp($0) / total }
  }

  func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    asked.withLock { $0.append(requests.reduce(0) { $0 + $1.responses.count }) }
    return requests.map { request in
      request.responses.map { response in
        let rows = response.indices.map { position in
          probabilities(request.prompt, Array(response.prefix(position))).map { Float(log($0)) }
        }
        let sampled = zip(rows, response).map { $0[$1] }
        return switch support {
        case .sampled: TeacherScore(sampled: sampled)
        case .top(let k):
          TeacherScore(
            sampled: sampled,
            top: rows.map { row in
              row.enumerated().map { ScoredToken($0, $1) }
                .sorted { $0.logProbability > $1.logProbability }.prefix(k).map { $0 }
            })
        case .full:
          TeacherScore(
            sampled: sampled,
            rows: DenseVocabularyRows(vocabularySize: vocabulary, values: Array(rows.joined())))
        }
      }
    }
  }
}

extension TeacherScore {
  /// Whole rows as probabilities, position by position.
  var distributions: [[Double]] {
    guard let rows else { return [] }
    return (0..<rows.positions).map { position in
      rows.logProbabilities(position..<position + 1).map { exp(Double($0)) }
    }
  }

  /// Everything said, for comparison.
  var contents: [[Float]] {
    [sampled, (top ?? []).flatMap { $0.flatMap { [Float($0.token), $0.logProbability] } }]
      + (rows.map { [$0.logProbabilities(0..<$0.positions)] } ?? [])
  }
}

/// A folder of its own for a test.
struct TemporaryFolder: ~Copyable {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("opd-tests-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: url) }
}
