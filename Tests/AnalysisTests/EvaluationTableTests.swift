import Foundation
import Statistics
import Testing

@testable import Analysis

@Suite("The table of an evaluation")
struct EvaluationTableTests {
  func table(_ qualities: [Double], clusters: [String], read: [Bool]? = nil) -> EvaluationTable {
    let count = Double(qualities.count)
    let failures = read.map { Double($0.count { !$0 }) / count }
    return EvaluationTable(
      values: [
        ("eval/R1@0.5", Double(qualities.count { $0 >= 0.5 }) / count),
        ("eval/mIoU", qualities.reduce(0, +) / count), ("eval/other", 0.123),
        ("eval/parse_failure_rate", failures ?? 0),
      ],
      questions: qualities.indices.map { index in
        EvaluationTable.Question(
          id: "q\(index)", cluster: clusters[index], asked: "who?", quality: qualities[index],
          answered: read?[index] ?? true ? "a" : nil, right: "b")
      })
  }

  @Test("has Student's interval of a mean where every question has a video of its own")
  func student() throws {
    let qualities = [0.35, 0.45, 0.55, 0.65]
    let table = table(qualities, clusters: ["a", "b", "c", "d"])
    let found = try #require(table.interval(of: "eval/mIoU"))
    let reach = StudentT(degreesOfFreedom: 3).quantile(0.975) * standardDeviation(qualities) / 2
    #expect(abs(found.value - 0.5) < 1e-12)
    #expect(abs(found.upper - found.value - reach) < 1e-12)
    #expect(abs(found.value - found.lower - reach) < 1e-12)
  }

  @Test("takes the questions of a video together: to ask each twice tells nothing new")
  func clusters() throws {
    let once = table([0.1, 0.4, 0.9], clusters: ["a", "b", "c"])
    let twice = table(
      [0.1, 0.1, 0.4, 0.4, 0.9, 0.9], clusters: ["a", "a", "b", "b", "c", "c"])
    for name in ["eval/mIoU", "eval/R1@0.5"] {
      let (first, second) = (
        try #require(once.interval(of: name)), try #require(twice.interval(of: name))
      )
      #expect(abs(first.lower - second.lower) < 1e-12 && abs(first.upper - second.upper) < 1e-12)
    }
  }

  @Test("gives no interval to what is no mean over questions, nor to a single video")
  func none() {
    let table = table([0.1, 0.9], clusters: ["a", "b"])
    #expect(table.interval(of: "eval/other") == nil)
    #expect(table.interval(of: "eval/nothing") == nil)
    let single = self.table([0.1, 0.9], clusters: ["a", "a"])
    #expect(single.interval(of: "eval/mIoU") == nil)
    #expect(single.numbers.keys.allSatisfy { !$0.hasSuffix("/lower") })
  }

  @Test("knows how far the share of unread answers may move")
  func unread() throws {
    let table = table(
      [0, 0.2, 0.3], clusters: ["a", "b", "c"], read: [false, true, true])
    let found = try #require(table.interval(of: "eval/parse_failure_rate"))
    #expect(abs(found.value - 1.0 / 3) < 1e-12 && found.lower == 0 && found.upper == 1)
    #expect(table.numbers["eval/parse_failure_rate/lower"] == 0)
  }

  @Test("has no interval beyond what a share can be, and says where one was cut")
  func ends() throws {
    let spread = table([0, 0.1, 0.9], clusters: ["a", "b", "c"])
    let mean = try #require(spread.interval(of: "eval/mIoU"))
    #expect(mean.lower == 0 && mean.upper == 1 && abs(mean.value - 1.0 / 3) < 1e-12)
    #expect(spread.text(worst: 0).contains("end there."))
    let narrow = table([0.4, 0.41, 0.42], clusters: ["a", "b", "c"])
    #expect(try #require(narrow.interval(of: "eval/mIoU")).lower > 0.3)
    #expect(!narrow.text(worst: 0).contains("end there."))
  }

  @Test("lists the worst questions first, of equals those asked first, and as many as are wanted")
  func worst() {
    let table = table(
      [0.5, 0, 0.7, 0, 0.2], clusters: ["a", "b", "c", "d", "e"],
      read: [true, true, true, false, true])
    #expect(table.worst(3).map(\.id) == ["q1", "q3", "q4"])
    let text = table.text(worst: 3)
    #expect(
      text.contains(
        "The 3 worst of 5, the worst first and equals as they were asked; 2 are worth 0:"))
    #expect(text.contains("  0.000  q3 of d “who?”: nothing that can be read; right: b"))
    #expect(text.contains("eval/R1@0.5\t0.4000\t["))
    #expect(!table.text(worst: 0).contains("worst"))
  }

  @Test("speaks of videos only where there are some")
  func problems() {
    let videos = table([0.5, 0], clusters: ["a", "b"]).text(worst: 1)
    #expect(videos.contains("\nvideos\t2") && videos.contains("q1 of b"))
    let problems = table([0.5, 0], clusters: ["q0", "q1"]).text(worst: 1)
    #expect(!problems.contains("videos") && problems.contains("  q1 “who?”"))
  }

  @Test("as numbers has every value, and ends that hold it")
  func numbers() throws {
    let numbers = table([0.1, 0.4, 0.6, 0.9], clusters: ["a", "b", "c", "d"]).numbers
    #expect(numbers["eval/other"] == 0.123 && numbers["eval/other/lower"] == nil)
    let ends = (try #require(numbers["eval/mIoU/lower"]), try #require(numbers["eval/mIoU/upper"]))
    #expect(ends.0 < 0.5 && ends.1 > 0.5)
  }
}
