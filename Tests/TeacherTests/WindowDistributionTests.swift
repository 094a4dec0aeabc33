import Foundation
import Core
import Tasks
import Testing

@testable import Teacher

/// Codecs and windows on which every law is checked.
struct WindowCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let codec: any WindowCodec
  let duration: Double
  let windows: [ScoredInterval]
  var smoothing = WindowSmoothing(scale: 1.5, floorShare: 0.05, offGridMass: 0.01)

  var prompt: Prompt { .toy(duration: duration) }

  func teacher() throws -> WindowDistributionTeacher {
    try WindowDistributionTeacher(
      source: try TableWindows(["a": windows]), codec: codec.answers, smoothing: smoothing)
  }

  /// The weight of each window of the grid, straight from the formula.
  func weights() -> [Double] {
    let grid = codec.grid(duration: duration)
    let raw = grid.map { point in
      windows.reduce(0.0) { sum, window in
        let distance =
          abs(point.start - window.interval.start) + abs(point.end - window.interval.end)
        let strength = pow(window.confidence, 1 / smoothing.confidenceTemperature)
        return sum + strength * exp(-distance / smoothing.scale)
      }
    }
    let total = raw.reduce(0, +)
    return raw.map {
      (1 - smoothing.floorShare) * $0 / total + smoothing.floorShare / Double(grid.count)
    }
  }

  /// q after a prefix, by going through every window.
  func bruteForce(after prefix: [Token]) -> [Double] {
    let vocabulary = codec.vocabulary.count
    var row = [Double](repeating: 0, count: vocabulary)
    for (window, weight) in zip(codec.grid(duration: duration), weights()) {
      let tokens = codec.encode(window, duration: duration)
      if tokens.count > prefix.count, tokens.starts(with: prefix) {
        row[tokens[prefix.count]] += weight
      }
    }
    let mass = row.reduce(0, +)
    guard mass > 0 else { return row.map { _ in 1 / Double(vocabulary) } }
    let ε = smoothing.offGridMass
    return row.map { (1 - ε) * $0 / mass + ε / Double(vocabulary) }
  }

  /// Every prefix of every answer, and some that no answer has.
  func prefixes() -> [[Token]] {
    var found: Set<[Token]> = [
      [0, 0], [codec.vocabulary.end], [codec.vocabulary.count - 2, 0, 0],
    ]
    for window in codec.grid(duration: duration) {
      let tokens = codec.encode(window, duration: duration)
      for length in 0...tokens.count { found.insert(Array(tokens.prefix(length))) }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }
  }

  static let all = [
    WindowCase(
      testDescription: "decimal, two windows", codec: DecimalCodec(), duration: 12,
      windows: [.init(2.4, 7.1, 0.9), .init(3, 11, 0.3)]),
    WindowCase(
      testDescription: "clips, three windows", codec: ClipCodec(clips: 9), duration: 18,
      windows: [.init(2, 6, 0.9), .init(0, 18, 0.05), .init(7, 9, 0)],
      smoothing: WindowSmoothing(
        scale: 3, floorShare: 0, confidenceTemperature: 2, offGridMass: 0.2)),
    WindowCase(
      testDescription: "windows outside the video", codec: DecimalCodec(), duration: 11,
      windows: [.init(-4, 25, 2)]),
    WindowCase(
      testDescription: "one answer only", codec: DecimalCodec(), duration: 1,
      windows: [.init(0.2, 0.3, 0.1)]),
  ]
}

@Suite("Window distribution")
struct WindowDistributionTests {
  @Test("sums to 1 after every prefix, on the grid and off it", arguments: WindowCase.all)
  func sumsToOne(_ example: WindowCase) throws {
    let distribution = try example.teacher().distribution(for: example.prompt)
    for prefix in example.prefixes() {
      let sum = distribution.probabilities(after: prefix).reduce(0, +)
      #expect(abs(sum - 1) < 1e-12, "after \(prefix)")
    }
  }

  @Test("equals enumeration of all windows", arguments: WindowCase.all)
  func equalsBruteForce(_ example: WindowCase) throws {
    let distribution = try example.teacher().distribution(for: example.prompt)
    for prefix in example.prefixes() {
      let difference =
        zip(
          distribution.probabilities(after: prefix), example.bruteForce(after: prefix)
        ).map { abs($0 - $1) }.max() ?? 1
      #expect(difference < 1e-12, "after \(prefix)")
    }
  }

  @Test("multiplies along an encoding to the window's weight", arguments: WindowCase.all)
  func productIsWeight(_ example: WindowCase) async throws {
    var example = example
    example.smoothing.offGridMass = 1e-9
    let grid = example.codec.grid(duration: example.duration)
    let answers = grid.map { example.codec.encode($0, duration: example.duration) }
    let scores = try await example.teacher().score(
      [ScoringRequest(prompt: example.prompt, responses: answers)], support: .sampled)
    for (score, weight) in zip(scores[0], example.weights()) {
      let product = exp(score.sampled.reduce(0) { $0 + Double($1) })
      #expect(abs(product - weight) < 2e-6 * weight + 1e-8)
    }
  }

  @Test("gives each answer its weight, and all of them 1", arguments: WindowCase.all)
  func answersAreWeights(_ example: WindowCase) throws {
    let answers = try example.teacher().distribution(for: example.prompt).answers
    #expect(abs(answers.map(\.confidence).reduce(0, +) - 1) < 1e-12)
    for (answer, weight) in zip(answers, example.weights()) {
      #expect(abs(answer.confidence - weight) < 1e-12)
    }
  }

  @Test("decoded greedily, says the best window once confidence is peaked")
  func greedyFindsBest() throws {
    let teacher = try WindowDistributionTeacher(
      source: try TableWindows(["a": [.init(3, 9, 0.9), .init(1, 4, 0.5), .init(0, 2, 0.45)]]),
      codec: DecimalCodec().answers,
      smoothing: WindowSmoothing(scale: 0.2, floorShare: 0.001, confidenceTemperature: 0.05))
    let distribution = try teacher.distribution(for: .toy())
    var answer: [Token] = []
    while answer.last != teacher.tokenizer.end, answer.count < 8 {
      let row = distribution.probabilities(after: answer)
      answer.append(try #require(row.indices.max { row[$0] < row[$1] }))
    }
    #expect(DecimalCodec().decode(answer, duration: 12) == Interval(3, 9))
    #expect(distribution.best?.isEqual(to: Interval(3, 9)) == true)
  }

  @Test("survives scales at which every kernel underflows")
  func survivesUnderflow() throws {
    let teacher = try WindowDistributionTeacher(
      source: try TableWindows(["a": [.init(400, 900, 1e-30), .init(3.4, 9, 1e-30)]]),
      codec: DecimalCodec().answers, smoothing: WindowSmoothing(scale: 1e-4, floorShare: 0))
    let distribution = try teacher.distribution(for: .toy())
    #expect(distribution.best?.isEqual(to: Interval(3, 9)) == true)
    #expect(abs((distribution.answers.map(\.confidence).max() ?? 0) - 1) < 1e-12)
    #expect(distribution.probabilities(after: [1, 0]).allSatisfy { $0.isFinite && $0 > 0 })
  }
}
