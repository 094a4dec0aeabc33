import Testing

@testable import Records

/// A clock that the test turns, and the lines that were written.
private final class Stage {
  var time = 0.0
  var written: [String] = []

  func line(_ style: ProgressLine.Style) -> ProgressLine {
    ProgressLine(
      "grpo", total: 100, style: style, now: { self.time }, write: { self.written.append($0) })
  }
}

@Suite("Progress line")
struct ProgressLineTests {
  @Test("is rewritten in place on a terminal, with rate and time left")
  func terminal() {
    let stage = Stage()
    var line = stage.line(.terminal(width: 80))
    stage.time = 2
    line.update(20, note: "mIoU 31")
    #expect(
      stage.written == ["\r\u{1B}[2Kgrpo 20/100 steps · 10 steps/s · 8 s left · mIoU 31"])
    line.finish()
    #expect(stage.written.last == "\r\u{1B}[2K")
  }

  @Test("never wraps: it is cut one column before the edge")
  func width() {
    let stage = Stage()
    var line = stage.line(.terminal(width: 12))
    line.update(0)
    #expect(stage.written == ["\r\u{1B}[2Kgrpo 0/100 "])
  }

  @Test("leaves the rate out where it is narrow, and then whole parts from its end")
  func narrow() {
    for (width, text) in [
      (60, "grpo 20/100 steps · 8 s left · loss 0.3 · reward 0.21"),
      (50, "grpo 20/100 steps · 8 s left · loss 0.3"),
    ] {
      let stage = Stage()
      var line = stage.line(.terminal(width: width))
      stage.time = 2
      line.update(20, note: "loss 0.3 · reward 0.21")
      #expect(stage.written == ["\r\u{1B}[2K" + text])
    }
  }

  @Test("is written at most ten times a second, but always at the end")
  func throttle() {
    let stage = Stage()
    var line = stage.line(.terminal(width: 80))
    line.update(1)
    stage.time = 0.05
    line.update(2)
    #expect(stage.written.count == 1)
    line.update(100)
    #expect(stage.written.count == 2)
  }

  @Test("in a pipe is a plain line now and then")
  func plain() {
    let stage = Stage()
    var line = stage.line(.plain(every: 15))
    for second in 1...40 {
      stage.time = Double(second)
      line.update(second)
    }
    line.finish()
    #expect(stage.written.map { $0.prefix(8) } == ["grpo 1/1", "grpo 16/", "grpo 31/"])
    #expect(stage.written.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\u{1B}") })
  }

  @Test("says nothing when quiet")
  func quiet() {
    let stage = Stage()
    var line = stage.line(.quiet)
    line.update(100)
    line.finish()
    #expect(stage.written.isEmpty)
  }

  @Test(
    "says durations as people do",
    arguments: [(41.2, "42 s"), (187, "3 min 07 s"), (7500, "2 h 05 min")])
  func durations(seconds: Double, text: String) {
    #expect(ProgressLine.duration(seconds) == text)
  }
}
