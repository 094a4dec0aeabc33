internal import Records
internal import Statistics

/// What the runs of each arm answered in their last evaluation.
struct AnswerTable: Sendable {
  /// One question that one run answered.
  struct Answer: Sendable {
    /// The question.
    var id: String
    /// Its video: the cluster in statistics.
    var video: String
    /// The mean length of the right windows, seconds.
    var length: Double
    /// The best intersection over union with a right window.
    var iou: Double
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
      guard let iou = line.numbers["iou"], let length = line.numbers["windowLength"] else {
        return nil
      }
      let id = line.texts["id"] ?? ""
      return Answer(id: id, video: line.texts["video"] ?? id, length: length, iou: iou)
    }
  }

  /// The mean IoU of each question over all runs of all arms: what is hard for everybody is hard.
  var ease: [String: Double] {
    var sums: [String: (sum: Double, count: Double)] = [:]
    for answer in arms.flatMap(\.answers) {
      let old = sums[answer.id] ?? (0, 0)
      sums[answer.id] = (old.sum + answer.iou, old.count + 1)
    }
    return sums.mapValues { $0.sum / $0.count }
  }
}
