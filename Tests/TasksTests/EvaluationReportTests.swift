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
}
