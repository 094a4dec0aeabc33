internal import Core
internal import Records
internal import Statistics

/// What the runs of each arm answered in their last evaluation.
struct AnswerTable: Sendable {
  /// One question that one run answered.
  struct Answer: Sendable {
    /// The question.
    var id: String
    /// What statistics resample it with, such as the questions of its video.
    var cluster: String
    /// How good the answer is, 0 … 1.
    var quality: Double
    /// The group of the question, by what questions are parted by.
    var groups: [String: Outcome.Group]
  }

  /// The arms that answered anything, in order, with the answers of all their runs.
  let arms: [(name: String, answers: [Answer])]

  /// The answers of some arms.
  init(_ archive: RunArchive, arms: [String]) {
    self.arms = arms.map { arm in
      (arm, archive.runs(of: arm).flatMap { Self.answers($0.path) })
    }.filter { !$0.1.isEmpty }
  }

  private static func answers(_ path: String) -> [Answer] {
    RunFile(path + "/evaluation.jsonl").lines().compactMap { line in
      guard let quality = line.numbers["quality"] else { return nil }
      let id = line.texts["id"] ?? ""
      return Answer(
        id: id, cluster: line.texts["cluster"] ?? id, quality: quality, groups: groups(line))
    }
  }

  private static func groups(_ line: FlatObject) -> [String: Outcome.Group] {
    var groups: [String: Outcome.Group] = [:]
    for (name, title) in line.texts where name.hasPrefix("groups/") && name.hasSuffix("/title") {
      let key = name.dropFirst("groups/".count).dropLast("/title".count)
      groups[String(key)] = Outcome.Group(
        title, order: line.whole("groups/\(key)/order", or: 0) ?? 0)
    }
    return groups
  }

  /// What questions are parted by, in ascending order.
  var partings: [String] { Set(arms.flatMap { $0.answers.flatMap(\.groups.keys) }).sorted() }

  /// The mean quality of each question over all runs of all arms: what is hard for everybody is hard.
  var ease: [String: Double] {
    var sums: [String: (sum: Double, count: Double)] = [:]
    for answer in arms.flatMap(\.answers) {
      let old = sums[answer.id] ?? (0, 0)
      sums[answer.id] = (old.sum + answer.quality, old.count + 1)
    }
    return sums.mapValues { $0.sum / $0.count }
  }
}
