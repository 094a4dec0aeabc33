import Foundation
import Tasks
import Core
import Storage
import Testing

@Suite("The QVHighlights evaluator")
struct EvaluationReportTests {
  @Test(
    "prints every published digit", needsRealData,
    arguments: [
      ("teacher/cgdetr_val_preds.jsonl.gz", "golden/cgdetr_val_metrics.json"),
      ("golden/vtggpt_val_preds.jsonl", "golden/vtggpt_val_metrics.json"),
    ])
  func golden(predictions: String, metrics: String) throws {
    let truths = try QVHighlights.truths(
      try real("qvhighlights/highlight_val_release.jsonl"))
    let predictions = try JSONLines.read(
      try real("qvhighlights/" + predictions), as: HighlightPrediction.self)
    let report = try EvaluationReport.qvhighlights(
      predictions: predictions.map(\.value), truths: truths)
    let published = try TextFile.text(try real("qvhighlights/" + metrics))
    #expect(report.asJSON == published.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  @Test("says what became of each query, of which its shares are the means")
  func questions() throws {
    let truths = [("1", 0.0, 10.0), ("2", 4, 8), ("3", 2, 6)].map { query, start, end in
      HighlightTruth(
        query: query, video: "v" + query, text: "t" + query, duration: 20,
        windows: [Interval(start, end)])
    }
    let predictions = [("1", 0.0, 10.0), ("2", 0, 8)].map { query, start, end in
      HighlightPrediction(
        query: query, windows: [ScoredInterval(Interval(start, end), confidence: 1)])
    }
    let report = try EvaluationReport.qvhighlights(
      predictions: predictions, truths: truths, matching: .annotated)
    #expect(report.questions.map(\.iou) == [1, 0.5, 0])
    #expect(report.questions.map(\.video) == ["v1", "v2", "v3"])
    #expect(report.questions[2].answer == nil)
    let shares = Dictionary(report.shares.map { ($0.name, $0.value) }) { first, _ in first }
    #expect(shares["MR-full-mIoU"] == 0.5)
    #expect(abs((shares["MR-full-R1@0.5"] ?? 0) - 2.0 / 3) < 1e-12)
    for entry in report.brief {
      #expect(abs(entry.value - 100 * (shares[entry.name] ?? 0)) <= 0.005 + 1e-9)
    }
  }
}
