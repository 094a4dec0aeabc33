import Foundation
import Tasks
import Core
import Storage
import Testing

@Suite("The loaders of real data", needsRealData)
struct LoaderTests {
  @Test("read all of QVHighlights")
  func qvhighlights() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let data = try QVHighlights.load(path: try real("qvhighlights"))
    print("QVHighlights loaded in \(clock.now - start)")
    #expect(data.train.count == 1245)
    #expect(data.dev.count == 305)
    #expect(data.channels == 96)
    #expect(data.tokensPerFrame == 1)
    #expect(data.maximumDuration == 150)
    let first = try #require(data.train.first)
    #expect(first.id == "2579")
    #expect(first.stretches == [Interval(82, 150)])
    #expect(first.evidence.timestamps.prefix(2) == [1, 3])
    #expect(first.evidence.frames == 75)
    #expect(first.queryEmbedding?.count == 96)
    let length = (first.queryEmbedding ?? []).reduce(0) { $0 + $1 * $1 }
    #expect(abs(length - 1) < 1e-3)
    #expect(Set(data.train.map(\.video)).isDisjoint(with: data.dev.map(\.video)))
    #expect(!data.isQueryAware)
  }

  @Test("add the cosine with the query as a channel when asked to")
  func cosine() throws {
    let options = QVHighlights.Options(rows: .featuresAndCosine, trainLimit: 3, devLimit: 2)
    let data = try QVHighlights.load(path: try real("qvhighlights"), options: options)
    #expect(data.train.count == 3 && data.dev.count == 2)
    #expect(data.isQueryAware)
    #expect(data.channels == 97)
    let prompt = try #require(data.train.first)
    let query = try #require(prompt.queryEmbedding)
    #expect(query.last == 1)
    let row = Array(prompt.evidence[frame: 60])
    var dot: Float = 0
    var squares: (Float, Float) = (0, 0)
    for channel in 0..<96 {
      dot += row[channel] * query[channel]
      squares.0 += row[channel] * row[channel]
      squares.1 += query[channel] * query[channel]
    }
    #expect(abs(row[96] - dot / (squares.0 * squares.1).squareRoot()) < 1e-5)
  }

  @Test("read published predictions")
  func windowTable() throws {
    let table = try WindowTable.load(try real("qvhighlights/teacher/cgdetr_val_preds.jsonl.gz"))
    #expect(table.windows.count == 1550)
    #expect(
      table.windows["2579"]?.first == ScoredInterval(Interval(120, 150), confidence: 0.9988))
    #expect(table.saliency["2579"]?.count == 75)
  }

  @Test("read 50 Salads in folds")
  func salads() throws {
    let path = try real("salads50")
    var dev = 0
    for fold in 1...5 {
      let data = try Salads50.load(path: path, options: .init(fold: fold))
      #expect(data.train.count + data.dev.count == 743)
      #expect(data.channels == 18)
      dev += data.dev.count
      for prompt in data.train + data.dev {
        #expect(prompt.queryEmbedding?.reduce(0, +) == 1)
        #expect(Double(prompt.evidence.frames) == prompt.duration)
      }
    }
    #expect(dev == 743)
    #expect(try Salads50.load(path: path, options: .init(windows: .all)).dev.count > dev / 5)
  }
}
