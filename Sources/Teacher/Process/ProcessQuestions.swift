package import Core

/// A question that a program of its own asks.
package struct ProcessQuestion: Decodable, Sendable {
  /// A part of the data.
  package enum Part: String, Decodable, Sendable { case train, dev, tune }

  /// Features of frames: Float32 numbers in base64, row after row, and the time of each frame.
  struct Features: Decodable, Sendable {
    var values: String
    var channels: Int
    var timestamps: [Double]
    var duration: Double
    var captions: [String]?
  }

  /// What it is for.
  package var part: Part
  /// Its name, unique in the data.
  package var id: String
  /// The question.
  package var query: String
  /// The right answers, as texts.
  package var answers: [String]?
  /// The right answers, as windows of a video in seconds.
  package var windows: [[Double]]?
  /// What it is about, the question itself if left out; no video is in two parts.
  package var video: String?
  var features: Features?
  /// A key that is not read: a right answer, misspelled, would be lost without a word.
  private var strange: String?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case part, id, query, answers, windows, video, features
  }

  private struct Anything: Decodable { init(from _: any Decoder) {} }

  /// Reads what a program says.
  package init(from decoder: any Decoder) throws {
    let said = try decoder.container(keyedBy: CodingKeys.self)
    part = try said.decode(Part.self, forKey: .part)
    id = try said.decode(String.self, forKey: .id)
    query = try said.decode(String.self, forKey: .query)
    answers = try said.decodeIfPresent([String].self, forKey: .answers)
    windows = try said.decodeIfPresent([[Double]].self, forKey: .windows)
    video = try said.decodeIfPresent(String.self, forKey: .video)
    features = try said.decodeIfPresent(Features.self, forKey: .features)
    let known = Set(CodingKeys.allCases.map(\.rawValue))
    let keys = try decoder.singleValueContainer().decode([String: Anything].self).keys
    strange = keys.filter { !known.contains($0) }.min()
  }

  private func refuseOddWords() throws(WireDefect) {
    if let strange { throw .impossible("question", value: "'\(strange)', which is not read") }
    if answers != nil, windows != nil {
      throw .impossible("question", value: "answers and windows at a time")
    }
    if let bad = windows?.first(where: { $0.count != 2 }) {
      throw .length("windows", expected: 2, received: bad.count)
    }
  }

  /// The frames, none where it is about no video, once everything was looked at.
  ///
  /// - Throws: `WireDefect` for numbers that do not fit.
  func frames() throws(WireDefect) -> FrameFeatures {
    try refuseOddWords()
    guard let features else { return .none }
    guard let values = Base64.floats(features.values) else { throw .notBase64("features.values") }
    let (count, channels) = (features.timestamps.count, features.channels)
    guard (1...1 << 20).contains(channels), count > 0 else {
      throw .impossible("features.channels", value: "\(channels) in \(count) frames")
    }
    guard values.count == count * channels else {
      throw .length("features.values", expected: count * channels, received: values.count)
    }
    guard features.captions?.count ?? count == count else {
      throw .length("captions", expected: count, received: features.captions?.count ?? 0)
    }
    guard features.duration > 0, features.duration <= 1e6,
      zip(features.timestamps, features.timestamps.dropFirst()).allSatisfy({ $0 < $1 }),
      features.timestamps.allSatisfy({ (0...features.duration).contains($0) })
    else { throw .impossible("features.timestamps", value: "outside the video or not ascending") }
    return FrameFeatures(
      values: values, tokensPerFrame: 1, channels: channels, timestamps: features.timestamps,
      duration: features.duration, captions: features.captions)
  }
}

/// A program of its own that asks the questions of a run: the same protocol as `ProcessTeacher`.
package enum ProcessQuestions {
  /// The questions of a program with their frames; it is asked once, and ends.
  ///
  /// - Throws: `ProcessError`, `TeacherError.parameter`.
  package static func asked(
    by parameters: ProcessParameters, seed: Seed
  ) async throws -> [(question: ProcessQuestion, frames: FrameFeatures)] {
    let program = try LineProcess(parameters, hello: HostHello(kind: "data")) { _ in }
    let answer = try await program.exchange(ProcessRequest(data: .init(seed: seed.value)))
    await program.stop()
    guard let questions = answer.questions, !questions.isEmpty else {
      throw ProcessError.content(
        program: parameters.program, prompt: "data", defect: "it asks no question")
    }
    return try questions.map { question in
      do throws(WireDefect) {
        return (question, try question.frames())
      } catch {
        throw ProcessError.content(
          program: parameters.program, prompt: question.id, defect: error.inWords)
      }
    }
  }
}
