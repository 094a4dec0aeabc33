internal import Core
internal import Foundation
internal import Records
internal import Storage

/// Answers that a student gave while it was trained, as its run recorded them.
struct RecordedAnswers: Sendable {
  /// One recorded answer; whatever is missing is left out of the page.
  struct Answer: Decodable, Sendable {
    /// The stage; not in runs of the program's first days, which count steps anew in every stage, from 0.
    var stage: String?
    var step: Int?
    var prompt: String?
    var slot: Int?
    var query: String?
    var words: [String]?
    var advantage: [Double?]?
    var teacher: [Double?]?
    var student: [Double?]?
    var reward: Double?
    var quality: Double?
    var predicted: Said?
    var truth: [Said]?
    var duration: Double?

    /// Whether the student drew it: what it is given by data or by a teacher has the probability 1 in every token.
    var isSampled: Bool { student.map { $0.contains { $0 != 0 } } ?? true }
  }

  /// An answer in its coded form: a stretch of time, or a text.
  enum Said: Decodable, Sendable {
    case stretch(Interval)
    case text(String)

    init(from decoder: any Decoder) throws {
      if let stretch = try? Interval(from: decoder) {
        self = .stretch(stretch)
      } else {
        self = .text(try decoder.singleValueContainer().decode(String.self))
      }
    }

    var stretch: Interval? {
      if case .stretch(let stretch) = self { stretch } else { nil }
    }

    var text: String {
      switch self {
      case .stretch(let stretch):
        "\(Quantity.short(stretch.start))–\(Quantity.short(stretch.end)) s"
      case .text(let text): HTML.escaped(text)
      }
    }
  }

  /// The answers of one step.
  private(set) var answers: [Answer] = []
  /// The stage, where it is known.
  private(set) var stage: String?
  /// The step, counted over the whole run.
  private(set) var step: Int?

  /// What the student sampled in the last step that recorded any such answer; `nil` where it sampled nothing.
  init?(_ run: RecordedRun) {
    for path in Self.files(run.path) {
      let lines = try? JSONLines.read(path, as: Answer.self, tornLastLine: .dropped)
      let moments = Self.moments((lines ?? []).map(\.value), run.path)
      guard let last = moments.last(where: { $0.answers.contains(where: \.isSampled) })
      else { continue }
      self = last
      answers.removeAll { !$0.isSampled }
      return
    }
    return nil
  }

  private init(_ answers: [Answer]) {
    self.answers = answers
    (stage, step) = (answers.first?.stage, answers.first?.step)
  }

  /// One file for all steps, or one file a step, the last first.
  private static func files(_ path: String) -> [String] {
    let folder = path + "/rollouts"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let files = names.filter { $0.hasSuffix(".jsonl") }.sorted().map { folder + "/" + $0 }
    return [path + "/rollouts.jsonl"] + files.reversed()
  }

  /// The answers step by step.
  ///
  /// A step ends where another begins, or where a question comes again.
  private static func moments(_ answers: [Answer], _ path: String) -> [RecordedAnswers] {
    var moments: [[Answer]] = []
    var seen: Set<String> = []
    for answer in answers {
      let name = "\(answer.prompt ?? "") \(answer.slot ?? 0)"
      let before = moments.last?.first
      let isRepeated = answer.prompt != nil && seen.contains(name)
      if let before, before.step == answer.step, before.stage == answer.stage, !isRepeated {
        moments[moments.count - 1].append(answer)
      } else {
        moments.append([answer])
        seen = []
      }
      seen.insert(name)
    }
    return counted(moments.map { RecordedAnswers($0) }, path)
  }

  /// Gives moments without a stage theirs, and their step the count of the whole run: a step that is no larger than the one
  /// before begins the next stage.
  private static func counted(_ moments: [RecordedAnswers], _ path: String) -> [RecordedAnswers] {
    let ends = RunFile(path + "/stages.jsonl").lines()
    guard !ends.isEmpty else { return moments }
    var place = 0
    var last = -1
    return moments.map { moment in
      guard moment.stage == nil, let step = moment.step else { return moment }
      if step <= last { place += 1 }
      last = step
      var moment = moment
      moment.stage = ends.indices.contains(place) ? ends[place].texts["name"] : nil
      let before = place > 0 && place <= ends.count ? ends[place - 1].numbers["step"] ?? 0 : 0
      moment.step = Int(before) + step + 1
      return moment
    }
  }
}
