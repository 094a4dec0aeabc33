import Foundation
import Tasks
import Core
import Storage
import Testing

@Suite("Published annotations")
struct ImportTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Writes a file and returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: scratch(name), atomically: true, encoding: .utf8)
    return scratch(name)
  }

  /// Features of clips of a second, 10 a video.
  func features(_ videos: [String]) throws -> String {
    let file = try HDF5File.create(scratch("clips.h5"))
    try file.write(attribute: "clip_seconds", "1.0")
    for (index, video) in videos.enumerated() {
      try file.write(
        "video/" + video, (0..<20).map { Float($0 + index) }, shape: [10, 2])
    }
    try file.flush()
    return scratch("clips.h5")
  }

  @Test("of videos whose clips all have the same features are refused")
  func sameFeatures() throws {
    let path = try features(["B"])
    let store = try HDF5File.create(scratch("same.h5"))
    try store.write(attribute: "clip_seconds", "1.0")
    try store.write("video/A", [Float](repeating: 5, count: 20), shape: [10, 2])
    try store.write("video/B", HDF5File.open(path).floats("video/B"), shape: [10, 2])
    try store.flush()
    let error = #expect(throws: DataError.self) {
      try QVHighlights.importing(
        train: file("train.txt", "A 1.0 4.0##a dog runs\n"),
        dev: file("dev.txt", "B 1.0 4.0##it stops\n"), features: scratch("same.h5"),
        to: scratch("made"))
    }
    #expect(
      error?.happened.contains("the features of video 'A' are the same in each of its 10 clips")
        == true)
  }

  @Test("of three layouts say the same")
  func layouts() throws {
    let lines = try file(
      "a.jsonl",
      """
      {"qid": 7, "query": "a dog runs", "duration": 10, "vid": "A", "relevant_windows": [[1, 4.5]]}
      {"qid": 8, "query": "it stops", "duration": 10, "vid": "A", "relevant_windows": [[5, 6], [8, 9]]}

      """)
    let captions = try file(
      "a.json",
      """
      {"A": {"duration": 10, "timestamps": [[1, 4.5], [5, 6]], "sentences": ["a dog runs", " it stops"]}}
      """)
    let sentences = try file("a.txt", "A 1 4.5##a dog runs\nA 5 6##it stops\n")
    let read = try [lines, captions, sentences].map { try AnnotationFile.read($0) }
    #expect(read[0].map(\.id) == ["7", "8"])
    #expect(read[0][1].windows == [Interval(5, 6), Interval(8, 9)])
    for other in read.dropFirst() {
      #expect(other.map(\.id) == ["A#0", "A#1"])
      #expect(other.map(\.query) == read[0].map(\.query))
      #expect(other.map { $0.windows[0] } == read[0].map { $0.windows[0] })
    }
    #expect(read.map { $0[0].duration } == [10, 10, nil])
  }

  @Test("become a folder that loads as the same data, with videos as long as their clips")
  func folder() throws {
    let made = try QVHighlights.importing(
      train: file("train.txt", "A 1.0 4.0##a dog runs\nB 0 99##all\n"),
      dev: file("dev.txt", "C 2 3##it stops\n"), features: features(["A", "B", "C"]),
      to: scratch("data")
    ).dataset
    let loaded = try QVHighlights.load(path: scratch("data"))
    #expect(loaded.fingerprint == made.fingerprint)
    #expect(loaded.train.map(\.id) == ["A#0", "B#0"] && loaded.dev.map(\.id) == ["C#0"])
    #expect(loaded.train[1].stretches == [Interval(0, 10)])
    #expect(loaded.train[0].evidence.timestamps.prefix(2) == [0.5, 1.5])
    let summary = DatasetSummary(made)
    #expect(summary.train.videos == 2 && summary.words == 6 && !summary.hasQueryEmbeddings)
    #expect(summary.train.wholeVideoIoU == (0.3 + 1) / 2)
    #expect(summary.dev.windowLength == summary.dev.windowsPerPrompt)
  }

  @Test(
    "that cannot be right leave nothing behind",
    arguments: [
      ("A 1 4 a dog runs\n", "Line 1 of", "'VIDEO START END##SENTENCE'"),
      (
        "A 4 1##a dog\n", "An annotation cannot be used: line 1 of 'dev.txt', query 'A#0'",
        "ends at 1.0 but starts at 4.0"
      ),
      (
        "A 12 14##a dog\nA 1 2##a cat\nA -9 0##a cow\n", "2 annotations cannot be used: line 1 of",
        "12.0 … 14.0 s starts at or after the end of its video, 10.0 s; line 3 of 'dev.txt'"
      ),
      (
        "C 1 4##a dog runs\n", "An annotation cannot be used: line 1 of 'dev.txt', query 'C#0'",
        "more than once, first in line 1 of 'train.txt'"
      ),
      ("Z 1 4##a dog runs\n", "the features have no video 'Z'", "--drop-unusable"),
    ])
  func refused(text: String, beginning: String, reason: String) throws {
    let features = try features(["A", "B", "C"])
    let train = try file("train.txt", "C 2 3##it stops\n")
    let dev = try file("dev.txt", text)
    let error = #expect(throws: (any Error).self) {
      try QVHighlights.importing(train: train, dev: dev, features: features, to: scratch("data"))
    }
    let sentence = "\(error.map { "\($0)" } ?? "")"
    #expect(sentence.contains(beginning) && sentence.contains(reason), "\(sentence)")
    #expect(!FileManager.default.fileExists(atPath: scratch("data")))
  }

  @Test("are not written over what is there")
  func occupied() throws {
    let sentences = try [file("train.txt", "A 1 4##a dog\n"), file("dev.txt", "B 1 4##a dog\n")]
    let features = try features(["A", "B"])
    func importing() throws -> Dataset {
      try QVHighlights.importing(
        train: sentences[0], dev: sentences[1], features: features, to: scratch("data")
      ).dataset
    }
    let made = try importing()
    let before = try Data(contentsOf: URL(filePath: scratch("data/split.json")))
    #expect(throws: StorageError.alreadyThere(path: scratch("data/features.h5"))) {
      try importing()
    }
    #expect(throws: StorageError.self) { try QVHighlights.export(made, to: scratch("data")) }
    #expect(try Data(contentsOf: URL(filePath: scratch("data/split.json"))) == before)
  }

  @Test("with a video of no length are refused", arguments: ["jsonl", "json"])
  func noLength(layout: String) throws {
    let text =
      layout == "json"
      ? #"{"A": {"duration": 0, "timestamps": [[1, 2]], "sentences": ["a"]}}"#
      : #"{"qid": 1, "query": "a", "duration": 0, "vid": "A", "relevant_windows": [[1, 2]]}"#
    let path = try file("a.\(layout)", text)
    let (features, dev) = (try features(["A", "B"]), try file("dev.txt", "B 1 4##a dog\n"))
    let error = #expect(throws: (any Error).self) {
      try QVHighlights.importing(train: path, dev: dev, features: features, to: scratch("data"))
    }
    let sentence = "\(error.map { "\($0)" } ?? "")"
    #expect(
      sentence.contains("An annotation cannot be used") && sentence.contains("0.0"), "\(sentence)")
  }

  @Test("of another kind are refused by their name")
  func unknown() throws {
    let path = try file("a.csv", "A,1,2")
    let error = #expect(throws: StorageError.self) { try AnnotationFile.read(path) }
    #expect(error?.description.contains("none of .jsonl, .json, .txt") == true)
  }
}
