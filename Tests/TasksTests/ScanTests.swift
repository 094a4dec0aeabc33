import Core
import Foundation
import Testing

@testable import Tasks

@Suite("What a scan says of clips")
struct ScanTests {
  private func cosines(_ count: Int, seed: UInt64) -> [Double] {
    var generator = Seed(seed).generator()
    var level = 0.3
    return (0..<count).map { _ in
      level = 0.8 * level + 0.06 * generator.normal() + 0.06
      return level
    }
  }

  /// One channel of all rows.
  private func channel(_ index: Int, _ rows: [[Double]]) -> [Double] { rows.map { $0[index] } }

  private func isNear(_ first: [Double], _ second: [Double]) -> Bool {
    first.count == second.count && zip(first, second).allSatisfy { abs($0 - $1) < 1e-9 }
  }

  @Test(
    "holds the untrained reader's answer: the stretch with the largest sum of the fourth channel")
  func reader() {
    for seed in 0..<20 {
      let cosines = cosines(75, seed: UInt64(seed))
      let times = cosines.indices.map { 2 * Double($0) + 1 }
      let answer = MaximumSumReader().stretch(of: cosines, at: times, over: times, duration: 150)
      let above = channel(3, ScanChannels.ofCosines(cosines))
      let stretch = MaximumSumReader.largestSum(above)
      #expect(answer == Interval(2 * Double(stretch.lowerBound), 2 * Double(stretch.upperBound)))
    }
  }

  @Test("does not depend on how large cosines are and how far they spread")
  func affine() {
    let cosines = cosines(40, seed: 3)
    let rows = ScanChannels.ofCosines(cosines).flatMap(\.self)
    let others = ScanChannels.ofCosines(cosines.map { 0.2 * $0 - 0.1 })
    #expect(isNear(rows, others.flatMap(\.self)))
    let alike = ScanChannels.ofCosines(cosines.map { _ in 0.4 }) + ScanChannels.ofCosines([0.3])
    #expect(alike.joined().allSatisfy { $0 == 0 })
    #expect(ScanChannels.ofCosines([]).isEmpty)
  }

  @Test("of a video run backwards is the same backwards, its changes with the other sign")
  func reversed() {
    let cosines = cosines(31, seed: 5)
    let rows = ScanChannels.ofCosines(cosines)
    let back = ScanChannels.ofCosines(cosines.reversed())
    for index in 0..<5 { #expect(isNear(channel(index, back), channel(index, rows).reversed())) }
    #expect(isNear(channel(5, back), channel(5, rows).reversed().map { -$0 }))
    // What is summed up before a clip and after it is all there is.
    let (sums, whole) = (channel(6, rows), channel(6, rows)[30])
    #expect(isNear(channel(6, back).dropLast(), sums.dropLast().reversed().map { whole - $0 }))
  }

  @Test("finds clips that look like the likeliest, though the query does not name them")
  func neighbours() {
    // Clips 3 to 6 are alike; the query fits two of them well, and one elsewhere a little.
    let clips = (0..<10).map { (3...6).contains($0) ? [1, 0.1, 0] : [0, 1, Double($0)] }
    let rows = ScanChannels.ofNeighbours(clips, [-1, -1, -1, 2, 0, 2, -0.5, -1, 0.5, -1])
    let near = channel(0, rows)
    #expect(near[3] == near[4] && near[3] == near[6])
    #expect((0..<10).filter { near[$0] > 0.5 } == [3, 4, 5, 6])
    #expect(rows[0][2] == 1 && abs(rows[4][2] - 1) < 1e-12 && rows[3][2] < 0.1)
    #expect(ScanChannels.ofNeighbours([], []).isEmpty)
    let still = ScanChannels.ofNeighbours([[0, 0], [0, 0]], [0, 0])
    #expect(!still.joined().contains { !$0.isFinite })
  }

  @Test("has the moving means of a naive twin")
  func means() {
    let rows = ScanChannels.ofCosines(cosines(20, seed: 6))
    let z = channel(0, rows)
    #expect(abs(z.reduce(0, +)) < 1e-4 && abs(z.reduce(0) { $0 + $1 * $1 } / 20 - 1) < 1e-4)
    for (index, window) in [(1, 5), (2, 9)] {
      let naive = z.indices.map { place -> Double in
        var sum = 0.0
        for step in -(window / 2)...(window / 2) { sum += z[max(0, min(19, place + step))] }
        return sum / Double(window)
      }
      #expect(isNear(channel(index, rows), naive))
    }
  }
}

@Suite("Five parts by recording")
struct SourceFoldTests {
  @Test("keep the pieces of a recording together, and leave other names whole")
  func sources() {
    #expect(SourceFolds.source(of: "a_B-c_60.0_210.0") == "a_B-c")
    #expect(SourceFolds.source(of: "a_b_c") == "a_b_c")
    #expect(SourceFolds.source(of: "60.0_210.0") == "60.0_210.0")
    #expect(SourceFolds.fold(of: "x_0.0_150.0") == SourceFolds.fold(of: "x_60.0_210.0"))
    let counts = Dictionary(grouping: (0..<500).map { SourceFolds.fold(of: "v\($0)") }) { $0 }
    #expect(counts.keys.sorted() == [1, 2, 3, 4, 5])
    #expect(counts.values.allSatisfy { (70...130).contains($0.count) })
  }

  @Test("report on every query once, and train on the others")
  func partition() throws {
    let scratch = try Scratch()
    let world = try World.dataset(World.Options(videos: 24, devVideos: 6, query: .words))
    try QVHighlights.export(world, to: scratch.path)
    var reported: [String] = []
    for fold in 1...SourceFolds.count {
      let data = try QVHighlights.load(path: scratch.path, options: .init(fold: fold))
      #expect(data.train.count + data.dev.count == world.all.count)
      #expect(Set(data.train.map(\.video)).isDisjoint(with: data.dev.map(\.video)))
      reported += data.dev.map(\.id)
    }
    #expect(reported.sorted() == world.all.map(\.id).sorted())
  }
}

@Suite("Folds and scans of real data", needsRealData)
struct RealScanTests {
  @Test(
    "each fold has about a fifth of QVHighlights, and rows of ten numbers beside those of the query"
  )
  func folds() throws {
    var counts: [Int] = []
    for fold in 1...SourceFolds.count {
      let options = QVHighlights.Options(rows: .scan, fold: fold)
      let data = try QVHighlights.load(path: try real("qvhighlights"), options: options)
      counts.append(data.dev.count)
      #expect(data.channels == 106 && data.isQueryAware && data.name.hasSuffix("-fold\(fold)"))
    }
    #expect(
      counts.reduce(0, +) == 1550 && counts.allSatisfy { (240...380).contains($0) }, "\(counts)")
  }
}
