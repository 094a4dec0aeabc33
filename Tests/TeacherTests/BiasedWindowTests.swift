import Core
import Tasks
import Testing

@testable import Teacher

@Suite("Biased windows")
struct BiasedWindowTests {
  @Test(
    "move by the shift, and stop at the ends of the video",
    arguments: [(3.0, 5.0, 7.0), (100, 8, 10), (-3, 0, 2), (0, 2, 4)])
  func shift(_ shift: Double, _ start: Double, _ end: Double) throws {
    let source = try ShiftedWindows(
      try TableWindows(["a": [.init(2, 4, 0.3)]]), .init(shift: shift))
    #expect(try source.windows(for: .toy(duration: 10)) == [.init(start, end, 0.3)])
  }

  @Test("never move a window that lies outside further out or back in by force")
  func outside() throws {
    let source = try ShiftedWindows(try TableWindows(["a": [.init(9, 14, 1)]]), .init(shift: 2))
    #expect(try source.windows(for: .toy(duration: 10)) == [.init(9, 14, 1)])
  }

  @Test("are wrong on about the share that was planted, and only there")
  func planted() throws {
    let ids = (0..<2000).map { "p\($0)" }
    let table = Dictionary(uniqueKeysWithValues: ids.map { ($0, [ScoredInterval(3, 5, 0.8)]) })
    let source = try UnreliableWindows(
      try TableWindows(table), .init(share: 0.25, seed: Seed(4)))
    let planted = Set(source.planted(among: ids))
    #expect(abs(Double(planted.count) / 2000 - 0.25) < 0.04)
    for id in ids {
      let window = try source.windows(for: .toy(id))[0]
      #expect((window.interval.iou(Interval(3, 5)) == 0) == planted.contains(id))
    }
    let again = try UnreliableWindows(TrueWindows(), .init(share: 0.25, seed: Seed(4)))
    #expect(Set(again.planted(among: ids)) == planted)
  }

  @Test(
    "have an overlap of 0 with the window they replace wherever the video leaves room",
    arguments: [(0.0, 5.0), (5, 12), (4, 6), (0, 11.5), (0.5, 12)])
  func elsewhere(_ start: Double, _ end: Double) {
    let window = Interval(start, end)
    let wrong = window.elsewhere(in: 12)
    #expect(wrong.isProper && wrong.start >= 0 && wrong.end <= 12)
    #expect(wrong.overlap(window) < 1e-12)
  }

  @Test("change the identity with every parameter")
  func identities() throws {
    let table = try TableWindows(["a": [.init(3, 5, 0.8)]])
    let sources: [any WindowSource] = [
      table, TrueWindows(), try TableWindows(["a": [.init(3, 5, 0.81)]]),
      try ShiftedWindows(table, .init(shift: 1)), try ShiftedWindows(table, .init(shift: 2)),
      try UnreliableWindows(table, .init(share: 0.1, seed: Seed(1))),
      try UnreliableWindows(table, .init(share: 0.1, seed: Seed(2))),
      try UnreliableWindows(table, .init(share: 0.2, seed: Seed(1))),
    ]
    #expect(Set(sources.map(\.identity)).count == sources.count)
    let teachers = try sources.map {
      try WindowDistributionTeacher(source: $0, codec: DecimalCodec().answers, smoothing: .init())
    }
    let others = try [WindowSmoothing(scale: 5), .init(floorShare: 0.1)].map {
      try WindowDistributionTeacher(source: table, codec: DecimalCodec().answers, smoothing: $0)
    }
    #expect(Set((teachers + others).map(\.identity)).count == sources.count + 2)
  }
}
