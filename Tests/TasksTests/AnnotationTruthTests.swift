import Foundation
import Tasks
import Core
import Storage
import Testing

@Suite("Annotations against themselves and the features")
struct AnnotationTruthTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A folder by hand: annotations as they are written, clips of a second, every query of "dev" to report on.
  func folder(
    _ lines: [String], clips: [String: Int] = ["v": 30, "w": 30], empty: [String] = []
  ) throws {
    let file = try HDF5File.create(scratch("features.h5"))
    try file.write(attribute: "clip_seconds", "1.0")
    for (video, count) in clips {
      let isEmpty = empty.contains(video)
      try file.write(
        "video/" + video, (0..<2 * count).map { isEmpty ? 0 : Float($0) }, shape: [count, 2])
    }
    try file.flush()
    let path = scratch("highlight_val_release.jsonl")
    try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: path)
    let names = lines.indices.map { "\"\($0)\"" }.joined(separator: ", ")
    try AtomicFile.write("{\"train\": [], \"dev\": [\(names)]}", to: scratch("split.json"))
  }

  static func line(_ query: Int, _ rest: String, video: String = "v") -> String {
    "{\"qid\": \(query), \"query\": \"q\", \"vid\": \"\(video)\", \(rest)}"
  }

  func complaint(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? any ExplainedError)?.description ?? "not explained: \(error)"
    }
  }

  func load() throws -> Dataset { try QVHighlights.load(path: scratch.path) }

  func truths(_ part: QVHighlights.Part = .dev) throws -> [HighlightTruth] {
    try QVHighlights.truths(folder: scratch.path, part: part)
  }

  @Test("are read by one rule for training, evaluation and importing")
  func oneRule() throws {
    try folder([
      Self.line(0, #""duration": 30, "relevant_windows": [[10, 90], [-4, 2]]"#),
      Self.line(1, #""relevant_windows": [[0, 3.5]]"#, video: "w"),
      Self.line(2, #""duration": 30"#),
    ])
    let windows = [[Interval(10, 30), Interval(0, 2)], [Interval(0, 3.5)], []]
    #expect(try load().dev.map(\.stretches) == windows)
    #expect(try truths().map(\.windows) == windows)
    #expect(try truths().map(\.duration) == [30, 30, 30])
    let report = try EvaluationReport.qvhighlights(
      predictions: [
        HighlightPrediction(
          query: "0", windows: [ScoredInterval(Interval(10, 30), confidence: 1)])
      ], truths: [truths()[0]])
    #expect(report.moments[.full]?.meanIoU == 100)
  }

  @Test(
    "that disagree are refused with the file's own numbers, by every reader",
    arguments: [
      (#""duration": 200, "relevant_windows": [[1, 2]]"#, "200.0 s long in line 1", "make 30.0 s"),
      (#""duration": 10, "relevant_windows": [[1, 2]]"#, "10.0 s long", "30 clips of 1.0 s"),
    ])
  func durations(rest: String, first: String, second: String) throws {
    try folder([Self.line(0, rest)])
    let said = complaint { _ = try load() }
    #expect(said?.contains(first) == true && said?.contains(second) == true, "\(said ?? "")")
    #expect(complaint { _ = try truths() } == said)
  }

  @Test("are refused where features of neighbouring clips were never written; one may be black")
  func unwritten() throws {
    try folder([Self.line(0, #""duration": 30, "relevant_windows": [[1, 2]]"#)])
    for (zeros, isRefused) in [(12..<13, false), (12..<14, true), (28..<30, true)] {
      let file = try HDF5File.create(scratch("features.h5"))
      try file.write(attribute: "clip_seconds", "1.0")
      let rows = (0..<30).flatMap { clip -> [Float] in
        zeros.contains(clip) ? [0, 0] : [Float(clip + 1), 1]
      }
      try file.write("video/v", rows, shape: [30, 2])
      try file.flush()
      let said = complaint { _ = try load() }
      let sentence = "clips \(zeros.lowerBound) and \(zeros.lowerBound + 1) of video 'v' are 0"
      #expect(said?.contains(sentence) ?? false == isRefused, "\(said ?? "accepted")")
    }
  }

  @Test(
    "that cannot be right end in a sentence, never in a crash",
    arguments: [
      (#""duration": -5, "relevant_windows": [[1, 2]]"#, "the duration is -5.0"),
      (#""duration": 1e300, "relevant_windows": [[1, 2]]"#, "the duration is 1e+300"),
      (
        #""duration": 30, "relevant_windows": [[30, 31]]"#, "at or after the end of its video, 30.0"
      ),
      (#""duration": 30, "relevant_windows": [[-3, -1]]"#, "ends before its video begins"),
      (
        #""duration": 30, "relevant_clip_ids": [-1], "saliency_scores": [[1, 2, 3]]"#,
        "clip -1 is none of its 15"
      ),
      (
        #""duration": 30, "relevant_clip_ids": [4, 4], "saliency_scores": [[1, 2, 3], [1, 2, 3]]"#,
        "clip 4 is there more than once"
      ),
      (
        #""duration": 30, "relevant_clip_ids": [1, 2], "saliency_scores": [[1, 2, 3]]"#,
        "2 clips, but scores of 1"
      ),
      (
        #""duration": 30, "relevant_clip_ids": [1], "saliency_scores": [[1, 2, 9]]"#,
        "the score 9 is none of 0 … 4"
      ),
      (
        #""duration": 30, "relevant_clip_ids": [1], "saliency_scores": [[1, 3.5, 2]]"#,
        "is not a whole number"
      ),
      (#""duration": 30, "relevant_windows": [[1, 2]], "duration": 20"#, "'duration' twice"),
    ])
  func impossible(rest: String, reason: String) throws {
    try folder([Self.line(0, rest)])
    let training = complaint { _ = try load() }
    let evaluation = complaint { _ = try truths() }
    #expect(training?.contains(reason) == true, "\(training ?? "accepted")")
    #expect(training == evaluation)
  }

  @Test(
    "name every offender at once: two durations, windows past the end, missing and empty videos")
  func all() throws {
    try folder(
      [
        Self.line(0, #""duration": 30, "relevant_windows": [[1, 2]]"#),
        Self.line(1, #""duration": 28, "relevant_windows": [[1, 2]]"#),
        Self.line(2, #""duration": 30, "relevant_windows": [[40, 50]]"#),
        Self.line(3, #""duration": 30, "relevant_windows": [[1, 2]]"#, video: "x"),
        Self.line(4, #""duration": 30, "relevant_windows": [[1, 2]]"#, video: "w"),
      ], empty: ["w"])
    let said = complaint { _ = try load() } ?? ""
    #expect(said.hasPrefix("4 annotations cannot be used: line 2 of 'highlight_val_release.jsonl'"))
    for part in [
      "is 28.0 s long, but 30.0 s in line 1", "query '2'", "no video 'x'",
      "features of video 'w' are 0",
    ] { #expect(said.contains(part), "\(part)") }
  }

  @Test("with a query twice are refused by every reader, and so is a split")
  func twice() throws {
    let line = Self.line(0, #""duration": 30, "relevant_windows": [[1, 2]]"#)
    try folder([line])
    try AtomicFile.write(line + "\n" + line + "\n", to: scratch("highlight_val_release.jsonl"))
    for part in QVHighlights.Part.allCases {
      #expect(complaint { _ = try truths(part) }?.contains("more than once") == true)
    }
    #expect(complaint { _ = try load() }?.contains("in line 1 of") == true)
    try AtomicFile.write(line, to: scratch("highlight_val_release.jsonl"))
    try AtomicFile.write(#"{"train": [], "dev": [0, 0]}"#, to: scratch("split.json"))
    #expect(complaint { _ = try load() }?.contains("more than once") == true)
  }

  @Test("that cannot be used can be left out and are counted; what people said of clips is kept")
  func dropped() throws {
    try folder([])
    let judged = #""duration": 30, "relevant_clip_ids": [0], "saliency_scores": [[4, 4, 4]], "#
    let train = scratch("train.jsonl")
    try AtomicFile.write(
      [
        Self.line(0, judged + #""relevant_windows": [[1, 2], [30, 40]]"#),
        Self.line(1, judged + #""relevant_windows": [[30, 40]]"#),
        Self.line(2, judged + #""relevant_windows": [[5, 99]]"#),
        Self.line(3, judged + #""relevant_windows": [[1, 2]]"#, video: "x"),
      ].joined(separator: "\n"), to: train)
    let dev = scratch("dev.jsonl")
    try AtomicFile.write(
      Self.line(9, judged + #""relevant_windows": [[1, 2]]"#, video: "w"), to: dev)
    func importing(_ unusable: UnusableAnnotations) throws -> ImportedData {
      try QVHighlights.importing(
        train: train, dev: dev, features: scratch("features.h5"), to: scratch("out"),
        unusable: unusable)
    }
    let said = complaint { _ = try importing(.refused) }
    #expect(said?.hasPrefix("3 annotations cannot be used: ") == true, "\(said ?? "")")
    let made = try importing(.leftOut)
    #expect(made.dataset.train.map(\.id) == ["0", "2"])
    #expect(made.dataset.train.map(\.stretches) == [[Interval(1, 2)], [Interval(5, 30)]])
    #expect(made.droppedQuestions == 2 && made.droppedWindows == 1 && made.cutWindows == 1)
    let truths = try QVHighlights.truths(folder: scratch("out"), part: .dev)
    #expect(truths[0].saliency == [[4, 4, 4]])
    #expect(try QVHighlights.load(path: scratch("out")).fingerprint == made.dataset.fingerprint)
  }

  @Test("without a question in them are refused", arguments: ["jsonl", "txt", "json"])
  func nothing(layout: String) throws {
    try AtomicFile.write(layout == "json" ? "{}" : "\n", to: scratch("a." + layout))
    let said = complaint { _ = try AnnotationFile.read(scratch("a." + layout)) }
    #expect(said?.contains("there is no question in it") == true)
  }

  @Test("are the same with the line ends of Windows and a mark before them")
  func windowsLines() throws {
    for (layout, text) in [
      ("txt", "A 1 4##a dog\nA 5 6##it stops\n"),
      ("jsonl", Self.line(0, #""duration": 30"#) + "\n" + Self.line(1, #""duration": 30"#) + "\n"),
    ] {
      try AtomicFile.write(text, to: scratch("a." + layout))
      let plain = try AnnotationFile.read(scratch("a." + layout))
      let other = "\u{feff}" + text.replacing("\n", with: "\r\n")
      try AtomicFile.write(other, to: scratch("a." + layout))
      #expect(try AnnotationFile.read(scratch("a." + layout)) == plain)
      #expect(plain.count == 2)
    }
  }

  @Test("never share a video between training and reporting")
  func shared() throws {
    let line = Self.line(0, #""duration": 30, "relevant_windows": [[1, 2]]"#)
    try folder([line])
    let other = Self.line(1, #""duration": 30, "relevant_windows": [[1, 2]]"#)
    try AtomicFile.write(line + "\n" + other, to: scratch("highlight_val_release.jsonl"))
    try AtomicFile.write(#"{"train": [1], "dev": [0]}"#, to: scratch("split.json"))
    #expect(complaint { _ = try load() }?.contains("both to train on and to report on: v") == true)
  }

  @Test("of answers that end before they start are refused as a submission and as a teacher")
  func inverted() throws {
    let path = scratch("p.jsonl")
    try AtomicFile.write(#"{"qid": 1, "pred_relevant_windows": [[9, 3, 1]]}"#, to: path)
    #expect(complaint { _ = try HighlightPrediction.load(path) }?.contains("ends at 3.0") == true)
    #expect(complaint { _ = try WindowTable.load(path) }?.contains("starts at 9.0") == true)
  }
}
