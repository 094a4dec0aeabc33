package import Records
package import Curriculum

/// A line of `selection.jsonl`: what became of one candidate in one round, and why.
package struct SelectionLine: Encodable, Sendable, Hashable {
  /// The stage, from 0.
  package var stage: Int
  /// The round of the stage, from 0.
  package var round: Int
  /// The prompt.
  package var id: String
  /// The quality of the teacher's best prediction with the truth, 0 … 1; `nil` where nobody measured it.
  package var teacher: Double?
  /// The quality of the student's own answer with the truth, 0 … 1.
  package var student: Double?
  /// How far they are apart: nats, or a difference of quality.
  package var disagreement: Double?
  /// What the sampler read.
  package var score: Double?
  /// Whether every gate let it in.
  package var admitted: Bool
  /// Whether it was taken.
  package var taken: Bool
  /// Whether the teacher is wrong on it on purpose; `nil` where nobody planted anything.
  package var planted: Bool?
  /// Why it is in or out.
  package var reason: String
  /// Everything that was measured.
  package var evidence: CandidateEvidence?

  /// What a curriculum said of a candidate.
  package init(_ record: SelectionRecord, stage: Int, planted: Bool?) {
    self.stage = stage
    round = record.round
    id = record.id
    teacher = record.evidence.teacherQuality?.first
    student = record.evidence.studentQuality
    disagreement = record.evidence.disagreement
    score = record.score
    admitted = record.admitted
    taken = record.taken
    self.planted = planted
    reason = record.reason
    evidence = record.evidence
  }

  /// A line as it was written; lists of what was measured are not read.
  package init?(_ line: FlatObject) {
    guard let id = line.texts["id"], let taken = line.numbers["taken"],
      let stage = line.whole("stage", or: 0), let round = line.whole("round", or: 0)
    else { return nil }
    self.id = id
    self.taken = taken == 1
    self.stage = stage
    self.round = round
    teacher = line.numbers["teacher"]
    student = line.numbers["student"]
    disagreement = line.numbers["disagreement"]
    score = line.numbers["score"]
    admitted = line.numbers["admitted"] != 0
    planted = line.numbers["planted"].map { $0 == 1 }
    reason = line.texts["reason"] ?? ""
  }

  /// The reason without its numbers: what comes before a colon.
  package var shortReason: String {
    reason.split(separator: ":").first.map(String.init) ?? reason
  }
}
