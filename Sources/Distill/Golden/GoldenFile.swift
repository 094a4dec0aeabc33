internal import Foundation
internal import Core
internal import Tensors

/// Reference values of losses and gradients in the format of `objectives.json`.
///
/// B responses in groups of `group`, padded to T tokens over a vocabulary of V, with four sets of logits, and cases by name.
struct GoldenFile: Decodable {
  var T: Int
  var V: Int
  var group: Int
  var lengths: [Int]
  var tokens: [[Int]]
  var rewards: [Double]
  var studentLogits: [[[Double]]]
  var teacherLogits: [[[Double]]]
  var referenceLogits: [[[Double]]]
  var behaviourLogits: [[[Double]]]
  var advantages: [String: [Double]]?
  var cases: [String: Case]

  struct Case: Decodable {
    var value: Double
    var gradient: [[[Double]]]
  }

  enum CodingKeys: String, CodingKey {
    case T, V, group, lengths, tokens, rewards, advantages, cases
    case studentLogits = "student_logits"
    case teacherLogits = "teacher_logits"
    case referenceLogits = "reference_logits"
    case behaviourLogits = "behaviour_logits"
  }

  /// Reads a file.
  init(contents: [UInt8]) throws {
    do {
      self = try JSONDecoder().decode(GoldenFile.self, from: Data(contents))
    } catch {
      throw GoldenError.unreadable("\(error)")
    }
    let counts = [
      tokens.count, rewards.count, studentLogits.count, teacherLogits.count,
      referenceLogits.count, behaviourLogits.count,
    ]
    guard counts.allSatisfy({ $0 == lengths.count }), group > 0,
      lengths.count.isMultiple(of: group)
    else { throw GoldenError.unreadable("its arrays have \(counts) entries") }
  }

  /// Whether there is a number for each logit of each response.
  func hasShape(_ gradient: [[[Double]]]) -> Bool {
    gradient.count == lengths.count
      && zip(gradient, lengths).allSatisfy { rows, length in
        rows.count >= length && rows.allSatisfy { $0.count == V }
      }
  }

  /// The responses as the algebra takes them.
  func batch() -> SignalBatch {
    let responses = lengths.indices.map { response($0) }
    return SignalBatch(
      groups: stride(from: 0, to: responses.count, by: group).map {
        Array(responses[$0..<$0 + group])
      })
  }

  private func response(_ b: Int) -> ResponseSignals {
    let length = lengths[b]
    let spoken = Array(tokens[b].prefix(length))
    func sampled(_ rows: [[Double]]) -> [Double] {
      spoken.enumerated().map { rows[$0][$1] }
    }
    let teacher = logProbabilities(teacherLogits[b], length)
    var result = ResponseSignals(
      promptID: "group \(b / group)", slot: b % group, tokens: spoken,
      behaviour: sampled(logProbabilities(behaviourLogits[b], length)))
    result.teacher = sampled(teacher)
    result.teacherRows = .exact(teacher.flatMap { $0 }, width: V)
    result.reference = sampled(logProbabilities(referenceLogits[b], length))
    result.reward = Reward(total: rewards[b], terms: [:], parsed: true)
    return result
  }

  private func logProbabilities(_ logits: [[Double]], _ length: Int) -> [[Double]] {
    logits.prefix(length).map { row in
      var values = row
      var span = values.mutableSpan
      _ = Rows.logSoftmax(&span, width: V, temperature: 1)
      return values
    }
  }
}

/// What can be wrong with a file of reference values.
package enum GoldenError: ExplainedError, Hashable {
  /// It is not in the expected format.
  case unreadable(String)

  /// What happened.
  package var happened: String {
    switch self {
    case .unreadable(let why): "The file of reference values cannot be read: \(why)."
    }
  }

  /// What to do about it.
  package var remedy: String { "Make it anew with `scripts/reference-values.py`." }
}
