package import Core
internal import Dispatch
internal import Records
internal import Storage

/// What a run's student answers to a free question, and what it looked at.
package struct StudentAnswer: Sendable, Encodable {
  /// One way to read an answer from a student that has a distribution over answers.
  package struct Reading: Sendable, Encodable {
    /// The answer for people; what the student wrote where that is no answer.
    package var text: String
    /// Whether that is an answer.
    package var isAnswer: Bool
    /// Where in the video it lies, [start, end] in seconds; empty for answers that are no stretches of time.
    package var stretches: [Interval]
    /// How good it is, 0 … 1, where the right answer is known or the question says it.
    package var quality: Double?
    /// How it was read: greedily, from so many samples, or by weighing every answer.
    package var method: String
    /// How long it took.
    package var seconds: Double
  }

  /// The folder of the run.
  package var run: String
  /// What is asked.
  package var task: String
  /// The video; `nil` for a question about a text.
  package var video: String?
  /// The question.
  package var question: String
  /// The likeliest token each time.
  package var greedy: Reading
  /// The answer that agrees best with all others: what to say when agreement with the truth is what counts.
  package var minimumRisk: Reading
  /// The times of the frames looked at, in seconds.
  package var frames: [Double]
  /// How many frames the video has.
  package var framesOfVideo: Int
  /// The name of who chose the frames; "all" where nobody did.
  package var selector: String
  /// How long the video lasts, in seconds.
  package var duration: Double
  /// The right answers in words, where the run's data has the question.
  package var truth: [String]
  /// Where they lie in the video, in seconds.
  package var truthStretches: [Interval]
  /// Rows that were read: of frames and of the question.
  package var promptTokens: Int
  /// Tokens that were written by the greedy reading, the end included.
  package var answerTokens: Int
  /// How long it took to choose the frames.
  package var selectionSeconds: Double
  /// The time it took to read the video's features or to make them, in seconds.
  package var featureSeconds: Double

  /// The file with the pictures and the numbers of the frames looked at; no part of the JSON.
  var pictures: (path: String, frames: [Int])?

  private enum CodingKeys: String, CodingKey {
    case run, task, video, question, greedy, minimumRisk, frames, framesOfVideo, selector, duration
    case truth, truthStretches, promptTokens, answerTokens, selectionSeconds, featureSeconds
  }
}

extension StudentAnswer {
  /// The answer as one line of JSON.
  package var json: String {
    get throws { try JSONLines.line(self) }
  }

  /// The answer for a terminal.
  package var text: String {
    var rows = [
      ("answer", greedy.line), ("minimum risk", minimumRisk.line + ", " + minimumRisk.method),
    ]
    if !truth.isEmpty { rows.append(("right", truth.joined(separator: "; "))) }
    if video != nil {
      let times = frames.prefix(24).map { Quantity.short($0) }.joined(separator: " ")
      rows.append(
        ("frames", "\(frames.count) of \(framesOfVideo) (\(selector)): \(times) s"))
    }
    rows.append(("tokens", "\(promptTokens) read, \(answerTokens) written"))
    let looking = [("features", featureSeconds), ("frames", selectionSeconds)]
    let seconds =
      ((video == nil ? [] : looking) + [
        ("answer", greedy.seconds), ("risk", minimumRisk.seconds),
      ]).map { "\($0) \(Quantity.decimals($1, 3))" }
    rows.append(("seconds", seconds.joined(separator: " · ")))
    let width = (rows.map(\.0.count).max() ?? 0) + 2
    return rows.map { name, value in
      name + String(repeating: " ", count: width - name.count) + value
    }.joined(separator: "\n")
  }
}

extension StudentAnswer.Reading {
  /// The answer, or that it is none, and how good it is.
  var line: String {
    let said = isAnswer ? text : "no answer: '\(text)'"
    return said + (quality.map { " (quality \(Quantity.metric($0)))" } ?? "")
  }

  /// The time that something takes, in seconds, beside what it gives.
  static func timed<Result>(_ body: () async throws -> Result) async rethrows -> (Result, Double) {
    let start = DispatchTime.now().uptimeNanoseconds
    let result = try await body()
    return (result, Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
  }
}
