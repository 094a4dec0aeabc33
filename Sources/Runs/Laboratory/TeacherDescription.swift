internal import Core
internal import Distill
internal import Foundation
internal import Plugins
internal import Records
package import Statistics
internal import Tasks
internal import Teacher

/// How good the teacher of a configuration is as a student hears it, on the data's parts.
package struct TeacherDescription: Sendable, Codable {
  /// One part of the data.
  package struct Part: Sendable, Codable {
    /// Which: `dev` or `tune`.
    package var name: String
    /// How many questions were put.
    package var questions: Int
    /// Quality of the answer that takes the likeliest token each time, 0 … 1.
    package var greedy: Estimate
    /// Quality of the answer that agrees best with all, each weighed by its probability; `nil` where they cannot be listed.
    package var minimumRisk: Estimate?
    /// Mean quality of an answer drawn from the teacher.
    package var expected: Estimate?
    /// Entropy of its belief over all answers, nats.
    package var entropy: Estimate?
    /// What that would be if all answers were alike, nats.
    package var entropyOfChance: Double?
  }

  /// The teacher with its parameters.
  package var teacher: String
  /// What the runs of this task are compared by.
  package var headline: String
  /// The parts of the data that are not trained on.
  package var parts: [Part]
  /// What could not be told, a sentence each.
  package var notes: [String]
  /// Floating-point operations of asking.
  package var flops: Double
}

extension TeacherTrial {
  /// How good the teacher is as it is served, with 95 % intervals over videos.
  ///
  /// - Parameter count: The most questions of a part, spread evenly over it; all if `nil`.
  /// - Returns: What could be told, and in words what could not.
  /// - Throws: `ConfigurationError.unusable` for a teacher that is made of a student; what the teacher throws.
  /// - Complexity: A score of every answer to every question, and O(*n*²) of *n* answers a question.
  package func description(count: Int? = nil) async throws -> TeacherDescription {
    guard teacher.selfTeacher == nil else {
      throw ConfigurationError.unusable(
        path: "teacher",
        reason: "it is made of the student, who has not learned anything here: evaluate its run",
        source: nil)
    }
    var description = TeacherDescription(
      teacher: words, headline: context.codec.task.headline.title, parts: [], notes: [], flops: 0)
    for (name, prompts) in [("dev", context.dataset.dev), ("tune", context.dataset.tune)] {
      guard !prompts.isEmpty else {
        description.notes.append("The data has no part '\(name)', so nothing is said of it.")
        continue
      }
      let asked = prompts.spread(count ?? prompts.count)
      guard context.codec.task is any EnumerableTask else {
        let part = try await answeredPart(name, asked, &description)
        description.parts += [part].compactMap { $0 }
        continue
      }
      let part = try await exactPart(name, asked, &description)
      description.parts.append(part)
    }
    return description
  }

  /// A part of a task whose answers can be listed: everything is told, without samples.
  private func exactPart(
    _ name: String, _ prompts: [Prompt], _ description: inout TeacherDescription
  ) async throws -> TeacherDescription.Part {
    let beliefs = try TeacherBeliefs(teacher.scorer, context.codec, for: "A teacher's description")
    let (read, flops) = try await beliefs.of(prompts)
    description.flops += flops
    var values = ServedValues()
    var tables: [String: (answers: TeacherBeliefs.Answers, agreements: AgreementTable)] = [:]
    for (prompt, belief) in zip(prompts, read) {
      let space = beliefs.task.answerSpace(of: prompt)
      if tables[space] == nil {
        let answers = try beliefs.answers(to: prompt)
        tables = [space: (answers, AgreementTable(answers.answers, beliefs.task))]
      }
      guard let (answers, agreements) = tables[space] else { continue }
      values.add(prompt, belief, answers, agreements, beliefs.task)
    }
    return values.part(name)
  }

  /// A part of a task whose answers cannot be listed: the teacher's own answers are all that is judged.
  private func answeredPart(
    _ name: String, _ prompts: [Prompt], _ description: inout TeacherDescription
  ) async throws -> TeacherDescription.Part? {
    let task = context.codec.task
    let open =
      "Minimum risk, expected quality and entropy need every answer that can be given, which "
      + "the task '\(task.name)' cannot list."
    if !description.notes.contains(open) { description.notes.append(open) }
    guard let predictor = teacher.predictor else {
      description.notes.append(
        "Nothing is said of '\(name)': the teacher gives no answers of its own.")
      return nil
    }
    let answers = try await predictor.predictions(for: prompts, count: 1)
    description.flops += predictor.predictionFlops(for: prompts)
    let values = try await task.qualities(answers.map { $0.first?.answer }, of: prompts)
    return TeacherDescription.Part(
      name: name, questions: prompts.count, greedy: Estimate(of: values, of: prompts))
  }
}

/// What was read of a teacher's beliefs, question by question.
private struct ServedValues {
  var prompts: [Prompt] = []
  var greedy: [Double] = []
  var safest: [Double] = []
  var expected: [Double] = []
  var entropy: [Double] = []
  var chance: [Double] = []

  mutating func add(
    _ prompt: Prompt, _ belief: AnswerBelief, _ answers: TeacherBeliefs.Answers,
    _ agreements: AgreementTable, _ task: any EnumerableTask
  ) {
    let qualities = answers.answers.map { task.quality($0, of: prompt) }
    prompts.append(prompt)
    greedy.append(answers.greedy(under: belief).map { qualities[$0] } ?? 0)
    safest.append(agreements.safest(under: belief).map { qualities[$0] } ?? 0)
    expected.append(zip(qualities, belief.probabilities).reduce(0) { $0 + $1.0 * $1.1 })
    entropy.append(belief.entropy)
    chance.append(log(Double(qualities.count)))
  }

  func part(_ name: String) -> TeacherDescription.Part {
    func estimate(_ values: [Double]) -> Estimate { Estimate(of: values, of: prompts) }
    return TeacherDescription.Part(
      name: name, questions: prompts.count, greedy: estimate(greedy),
      minimumRisk: estimate(safest), expected: estimate(expected), entropy: estimate(entropy),
      entropyOfChance: mean(chance))
  }
}

extension Estimate {
  /// The mean of a number a question, with its interval over videos.
  fileprivate init(of values: [Double], of prompts: [Prompt]) {
    let clusters = Dictionary(grouping: values.indices) { prompts[$0].video }
    let ordered = clusters.sorted { $0.key < $1.key }.map(\.value)
    self = .mean(ofClusters: ordered.map { $0.map { values[$0] } })
  }
}

extension Array {
  /// So many elements, spread evenly from the first on; all where there are no more.
  func spread(_ count: Int) -> [Element] {
    guard count < self.count else { return self }
    return (0..<count).map { self[$0 * self.count / count] }
  }
}

extension TeacherDescription {
  /// A table with a line a part, and below it what could not be told.
  package var text: String {
    func words(_ estimate: Estimate?) -> String {
      guard let estimate else { return "–" }
      let numbers = [estimate.value, estimate.lower, estimate.upper].map {
        Quantity.decimals($0, 3)
      }
      return "\(numbers[0]) [\(numbers[1]), \(numbers[2])]"
    }
    let table = TextTable(
      header: ["part", "questions", "greedy", "minimum risk", "expected", "entropy", "of at most"],
      rows: parts.map { part in
        [
          part.name, "\(part.questions)", words(part.greedy), words(part.minimumRisk),
          words(part.expected), words(part.entropy),
          part.entropyOfChance.map { Quantity.decimals($0, 2) } ?? "–",
        ]
      })
    let legend =
      "Quality of answers, 0 … 1 (runs are compared by \(headline)), and entropy in nats, "
      + "as a student hears the teacher; 95 % over videos."
    return (["teacher  \(teacher)", table.aligned, legend] + notes).joined(separator: "\n")
  }
}
