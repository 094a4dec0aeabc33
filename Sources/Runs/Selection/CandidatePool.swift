internal import Curriculum
internal import Core
internal import Tasks
internal import Storage

/// A file of candidates with what is known of each: one JSON object a line.
///
/// A line has an `id` and either scores — `teacherQuality` (best prediction first), `studentQuality`, `trajectoryReverseKL` with
/// `responseLength`, `rewardSpread`, `teacherEntropy`, `teacherAgreement`, `studentAgreement`, `teacherPosition` — or predictions in
/// seconds, from which scores are made: `truth` ([[start, end], …]), `teacher` ([[start, end], …], best first) and `student` ([start, end]). `planted` says whether the teacher is wrong on it
/// on purpose.
struct CandidatePool: Sendable {
  /// What is known of each candidate.
  let candidates: [CandidateEvidence]
  /// What a line says of being planted, by id.
  let planted: [String: Bool]

  /// Reads a file, packed with gzip or not.
  ///
  /// - Throws: `StorageError` with the line that cannot be read, or `SelectionError.predictionsWithoutTruth`.
  init(_ path: String) throws {
    var known = Set<String>()
    let lines = try JSONLines.read(path, as: PoolLine.self) { candidate in
      let isNew = known.insert(candidate.id).inserted
      return isNew ? candidate.fault : "the candidate '\(candidate.id)' is there already"
    }
    candidates = try lines.map { try $0.value.evidence() }
    planted = Dictionary(
      lines.compactMap { line in line.value.planted.map { (line.value.id, $0) } }
    ) { first, _ in first }
  }
}

/// A line of such a file.
private struct PoolLine: Decodable {
  var id: String
  var teacherQuality: [Double]?
  var studentQuality: Double?
  var trajectoryReverseKL: Double?
  var responseLength: Int?
  var rewardSpread: Double?
  var teacherEntropy: Double?
  var teacherAgreement: Double?
  var studentAgreement: Double?
  var teacherPosition: Double?
  var truth: [[Double]]?
  var teacher: [[Double]]?
  var student: [Double]?
  var planted: Bool?

  /// What cannot be true of a candidate, or `nil`.
  var fault: String? {
    let qualities = (teacherQuality ?? []) + [studentQuality].compactMap(\.self)
    if let bad = qualities.first(where: { !(0...1).contains($0) }) {
      return "the quality \(bad) is none of 0 … 1"
    }
    if let responseLength, responseLength < 1 { return "'responseLength' is \(responseLength)" }
    for (name, value) in [
      ("teacherAgreement", teacherAgreement), ("studentAgreement", studentAgreement),
      ("teacherPosition", teacherPosition),
    ] {
      if let value, !(0...1).contains(value) { return "'\(name)' is \(value), none of 0 … 1" }
    }
    if let teacherEntropy, teacherEntropy < 0 { return "'teacherEntropy' is \(teacherEntropy)" }
    if let rewardSpread, rewardSpread < 0 { return "'rewardSpread' is \(rewardSpread)" }
    guard teacher == nil || teacherQuality == nil, student == nil || studentQuality == nil else {
      return "it has predictions and what they are worth, of which one is enough"
    }
    let student = student.map { $0.isEmpty ? [] : [$0] } ?? []
    let windows = (truth ?? []) + (teacher ?? []) + student
    let bad = windows.first { $0.count > 1 && !($0[0] < $0[1]) }
    return bad.map { "a window ends at \($0[1]) but starts at \($0[0])" }
  }

  func evidence() throws -> CandidateEvidence {
    var evidence = CandidateEvidence(
      id: id, teacherQuality: teacherQuality, studentQuality: studentQuality,
      trajectoryReverseKL: trajectoryReverseKL, responseLength: responseLength,
      rewardSpread: rewardSpread)
    evidence.teacherEntropy = teacherEntropy
    evidence.teacherAgreement = teacherAgreement
    evidence.studentAgreement = studentAgreement
    evidence.teacherPosition = teacherPosition
    guard teacher != nil || student != nil else { return evidence }
    guard let truth else { throw SelectionError.predictionsWithoutTruth(id: id) }
    let right = try truth.map(interval)
    func best(_ ends: [Double]) throws -> Double {
      let answer = try interval(ends)
      return right.map { $0.iou(answer) }.max() ?? 0
    }
    if let teacher { evidence.teacherQuality = try teacher.map(best) }
    if let student { evidence.studentQuality = student.isEmpty ? 0 : try best(student) }
    return evidence
  }

  private func interval(_ ends: [Double]) throws -> Interval {
    guard ends.count >= 2 else {
      throw SelectionError.unreadableWindow(id: id, numbers: ends.count)
    }
    return Interval(ends[0], ends[1])
  }
}

/// Why a choice cannot be shown.
enum SelectionError: ExplainedError, Hashable {
  /// A line of a pool has predictions but no right answer.
  case predictionsWithoutTruth(id: String)
  /// A window of a pool that is not a start and an end.
  case unreadableWindow(id: String, numbers: Int)
  /// The configuration has no such stage.
  case noSuchStage(Int, stages: Int)

  var happened: String {
    switch self {
    case .predictionsWithoutTruth(let id):
      "Candidate '\(id)' of the pool has predictions but no truth to judge them by."
    case .unreadableWindow(let id, let numbers):
      "A window of candidate '\(id)' of the pool has \(numbers) numbers, not a start and an end."
    case .noSuchStage(let stage, let stages):
      "There is no stage \(stage) to select for: the configuration has \(stages)."
    }
  }

  var remedy: String {
    switch self {
    case .predictionsWithoutTruth:
      "Add truth: [[start, end], …], or give teacherQuality and studentQuality."
    case .unreadableWindow: "Write windows as [start, end], in seconds."
    case .noSuchStage: "Give --stage a number from 1 to the number of stages."
    }
  }

  var exitStatus: ExitStatus {
    if case .noSuchStage = self { .usage } else { .badInput }
  }
}
