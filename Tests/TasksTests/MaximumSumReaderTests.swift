import Foundation
import Core
import Testing

@testable import Tasks

/// A video whose frames point at the query where `similar` says so.
private func prompt(_ similar: [Float], keyframes: [Int]? = nil, query: [Float]? = [1, 0]) -> Prompt
{
  let values = similar.flatMap { [$0, (1 - $0 * $0).squareRoot()] }
  return Prompt(
    id: "q", video: "v", query: "when?", queryEmbedding: query,
    evidence: FrameFeatures(
      values: values, tokensPerFrame: 1, channels: 2,
      timestamps: similar.indices.map { 2 * Double($0) + 1 }, duration: 2 * Double(similar.count)),
    truth: [], keyframes: keyframes)
}

@Suite("The max-sum-interval reader")
struct MaximumSumReaderTests {
  @Test("finds the stretch with the largest sum, the first of equals")
  func largestSum() {
    func best(_ values: [Double]) -> Range<Int> { MaximumSumReader.largestSum(values) }
    #expect(best([-1, 2, -1, 3, -5, 4]) == 1..<4)
    #expect(best([1, -3, 1]) == 0..<1)
    #expect(best([-3, -1, -2]) == 1..<2)
    var generator = Seed(1).generator()
    for _ in 0..<50 {
      let values = (0..<9).map { _ in generator.normal() }
      let all = values.indices.flatMap { start in (start + 1...9).map { start..<$0 } }
      let naive = all.map { values[$0].reduce(0, +) }.max() ?? 0
      #expect(abs(values[best(values)].reduce(0, +) - naive) < 1e-12)
    }
  }

  @Test("answers with the bright stretch, its frames as wide as their distance")
  func answer() throws {
    let similar: [Float] = (0..<30).map { (10..<16).contains($0) ? 0.9 : 0.1 }
    #expect(try MaximumSumReader(window: 1).answer(prompt(similar)) == Interval(20, 32))
    #expect(try MaximumSumReader().answer(prompt(similar)) == Interval(20, 32))
  }

  @Test("fills in straight lines between the frames it may see")
  func keyframes() throws {
    let similar: [Float] = (0..<30).map { (10..<16).contains($0) ? 0.9 : 0.1 }
    let seen = [2, 8, 12, 14, 18, 27]
    let answer = try MaximumSumReader(window: 1, level: 0.5).answer(
      prompt(similar, keyframes: seen))
    // Half-way up between frames 8 and 12 and between 14 and 18.
    #expect(answer == Interval(20, 34) || answer == Interval(22, 32))
  }

  @Test("refuses a prompt without a query embedding as wide as the frames")
  func refusal() {
    for query in [nil, [1, 2, 3]] as [[Float]?] {
      #expect(throws: DataError.self) {
        try MaximumSumReader().answer(prompt([0.1, 0.5], query: query))
      }
    }
  }

  @Test(
    "reaches the known R1@.5 .541, R1@.7 .374 and mIoU .520 on all queries of QVHighlights",
    needsRealData)
  func reference() throws {
    let dataset = try QVHighlights.load(path: real("qvhighlights"))
    let prompts = dataset.train + dataset.dev
    let answers = try prompts.map { try MaximumSumReader().answer($0) }
    let metrics = GroundingMetrics.top1(predicted: answers, truths: prompts.map(\.stretches))
    #expect(prompts.count == 1550)
    #expect(abs((metrics.recall[0.5] ?? 0) - 0.541) < 6e-4)
    #expect(abs((metrics.recall[0.7] ?? 0) - 0.374) < 6e-4)
    #expect(abs(metrics.meanIoU - 0.520) < 6e-4)
  }

  @Test(
    "a query-aware data set without its marks is the plain one",
    needsRealData)
  func unmarked() throws {
    let path = try real("qvhighlights")
    let plain = try QVHighlights.load(path: path, options: .init(trainLimit: 3, devLimit: 3))
    for rows in [QVHighlights.Options.Rows.featuresAndCosine, .cosine, .scan] {
      let marked = try QVHighlights.load(
        path: path, options: .init(rows: rows, trainLimit: 3, devLimit: 3))
      for (own, other) in zip(plain.dev, marked.dev) {
        #expect(other.evidence != own.evidence)
        #expect(marked.unmarked(other).evidence == own.evidence)
        #expect(marked.unmarked(other).queryEmbedding == own.queryEmbedding)
      }
    }
    #expect(plain.unmarked(plain.dev[0]).evidence == plain.dev[0].evidence)
  }
}
