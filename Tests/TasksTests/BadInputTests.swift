import Foundation
import Tasks
import Core
import Storage
import Testing

/// What an expression throws, as a `DataError`.
func groundingError(_ body: () throws -> Void) -> DataError? {
  do {
    try body()
    return nil
  } catch {
    return error as? DataError
  }
}

@Suite("A folder of data")
struct BadInputTests {
  let scratch: Scratch
  let world: Dataset

  init() throws {
    scratch = try Scratch()
    world = try World.dataset(World.Options(videos: 3, devVideos: 2, query: .words, seed: Seed(4)))
    try QVHighlights.export(world, to: scratch.path)
  }

  /// What loading the folder says is wrong.
  func complaint() -> String? {
    do {
      _ = try QVHighlights.load(path: scratch.path)
      return nil
    } catch {
      return (error as? any ExplainedError)?.description ?? "not explained: \(error)"
    }
  }

  /// Writes the features again, with another array for the first video.
  func replaceFirstVideo(_ values: [Float], shape: [Int]) throws -> String {
    let first = try #require(world.train.first).video
    try FileManager.default.removeItem(atPath: scratch("features.h5"))
    let file = try HDF5File.create(scratch("features.h5"))
    try file.write(attribute: "clip_seconds", "1.0")
    for prompt in world.train + world.dev where try !file.exists("video/" + prompt.video) {
      let evidence = prompt.evidence
      let isFirst = prompt.video == first
      try file.write(
        "video/" + prompt.video, isFirst ? values : evidence.values,
        shape: isFirst ? shape : [evidence.frames, evidence.tokensPerFrame, evidence.channels])
    }
    return first
  }

  @Test("that was exported from the world is the same data set again")
  func roundTrip() throws {
    let back = try QVHighlights.load(path: scratch.path)
    #expect(back.fingerprint == world.fingerprint)
    #expect(back.train.map(\.stretches) == world.train.map(\.stretches))
    #expect(back.dev.map(\.evidence) == world.dev.map(\.evidence))
  }

  @Test("that was exported from real data is the same data set again", needsRealData)
  func realRoundTrip() throws {
    let options = QVHighlights.Options(trainLimit: 5, devLimit: 3)
    let data = try QVHighlights.load(path: try real("qvhighlights"), options: options)
    try QVHighlights.export(data, to: scratch("real"))
    #expect(try QVHighlights.load(path: scratch("real")).fingerprint == data.fingerprint)
  }

  @Test("cannot be written where times or features differ between prompts")
  func notExportable() throws {
    let data = try Dataset(
      name: "keyframes",
      train: world.train.map { prompt in
        Prompt(
          id: prompt.id, video: prompt.video, query: prompt.query,
          evidence: prompt.evidence.selecting([1, 5, 9]), truth: prompt.truth)
      }, dev: [])
    let error = groundingError { try QVHighlights.export(data, to: scratch("none")) }
    #expect(error?.happened.contains("not in the middle of a clip") == true)
    #expect(!FileManager.default.fileExists(atPath: scratch("none")))
  }

  @Test("says which file is missing", arguments: ["features.h5", "split.json"])
  func missing(name: String) throws {
    try FileManager.default.removeItem(atPath: scratch(name))
    #expect(
      complaint()
        == "There is no file '\(scratch(name))'. Check the path, or fetch the data first.")
  }

  @Test("says which file is cut short", arguments: [100, 3000, 20000])
  func truncated(count: Int) throws {
    let url = URL(fileURLWithPath: scratch("features.h5"))
    try Data(contentsOf: url).prefix(count).write(to: url)
    #expect(complaint()?.hasPrefix("'\(url.path)' cannot be read as HDF5: ") == true)
  }

  @Test("names the line that is malformed, or lacks a key, or repeats a query")
  func malformed() throws {
    let path = scratch("highlight_val_release.jsonl")
    let text = try TextFile.text(path)
    let lines = text.split(separator: "\n")
    try AtomicFile.write(lines[0] + "\n{\"qid\": \n", to: path)
    #expect(
      complaint()
        == "Line 2 of '\(path)' cannot be used: it is not JSON. Correct the line or remove it.")
    try AtomicFile.write(text.replacing("\"vid\"", with: "\"video\""), to: path)
    #expect(complaint()?.contains("'video': this key is not read") == true)
    try AtomicFile.write(text.replacing(/,"vid":"[^"]*"/, with: ""), to: path)
    #expect(
      complaint()?.hasPrefix(
        "\(lines.count) lines of '\(path)' cannot be used: line 1, the key 'vid' is") == true)
    try AtomicFile.write(text.replacing("\"duration\":24", with: "\"duration\":0"), to: path)
    #expect(complaint()?.contains("the duration is 0.0") == true)
    try AtomicFile.write(text + lines[0], to: path)
    #expect(complaint()?.contains("more than once") == true)
    try AtomicFile.write(lines.dropFirst().joined(separator: "\n"), to: path)
    #expect(
      complaint()
        == "'\(scratch("split.json"))' names query 'world-train-0-q0', which nobody asked. "
        + "Check that the files belong to the same annotations and split.")
  }

  @Test("names the video whose features have another width")
  func width() throws {
    let video = try replaceFirstVideo([Float](repeating: 0, count: 24 * 3), shape: [24, 3])
    #expect(video == "world-train-0")
    #expect(
      complaint()
        == "The features of video 'world-train-1' have 28 channels, not 3. "
        + "Extract the features of this video again.")
  }

  @Test(
    "names the video, frame and channel of a number that is none",
    arguments: [Float.nan, .infinity])
  func notFinite(bad: Float) throws {
    var values = try #require(world.train.first).evidence.values
    values[(5 * 3 + 1) * 28 + 7] = bad
    _ = try replaceFirstVideo(values, shape: [24, 3, 28])
    #expect(
      complaint()
        == "Channel 7 of frame 5 of video 'world-train-0' is not a finite number. "
        + "Extract the features of this video again.")
  }

  @Test("names the video without frames, or with features of no such shape")
  func shape() throws {
    _ = try replaceFirstVideo([1, 2], shape: [2])
    #expect(complaint()?.contains("have shape [2], not frames × channels") == true)
    _ = try replaceFirstVideo([], shape: [0, 24])
    #expect(complaint()?.contains("have shape [0, 24]") == true)
  }

  @Test("names the video that the features lack")
  func missingVideo() throws {
    let file = try HDF5File.create(scratch("features.h5"))
    try file.write("video/world-train-1", [1] as [Float], shape: [1, 1])
    try file.flush()
    let said = complaint() ?? ""
    for part in [
      "5 annotations cannot be used: the features have no video 'world-train-0', but one",
      "'world-train-1'; video 'world-train-1' is 24.0 s long in line",
      "1 clips of 2.0 s make 2.0 s",
    ] { #expect(said.contains(part), "\(said)") }
  }

  @Test("cannot give a cosine without embeddings of queries")
  func noEmbedding() {
    let error = groundingError {
      _ = try QVHighlights.load(path: scratch.path, options: .init(rows: .featuresAndCosine))
    }
    #expect(error?.happened.contains("a cosine needs its embedding") == true)
  }

  @Test("survives any damage to its annotations")
  func fuzz() throws {
    let path = scratch("highlight_val_release.jsonl")
    let bytes = try TextFile.bytes(path)
    var generator = Seed(8).generator()
    for _ in 0..<200 {
      var damaged = bytes
      damaged[generator.integer(below: damaged.count)] = UInt8(generator.integer(below: 256))
      try AtomicFile.write(damaged, to: path)
      #expect(complaint()?.hasPrefix("not explained") != true)
    }
  }

  @Test("survives any damage to its features")
  func fuzzFeatures() throws {
    let bytes = try TextFile.bytes(scratch("features.h5"))
    var generator = Seed(9).generator()
    for _ in 0..<200 {
      var damaged = bytes
      // Headers lie at the front; the numbers behind them mean what they say.
      damaged[generator.integer(below: 8000)] = UInt8(generator.integer(below: 256))
      try AtomicFile.write(damaged, to: scratch("features.h5"))
      #expect(complaint()?.hasPrefix("not explained") != true)
    }
  }
}

@Suite("A data set")
struct GroundingDatasetTests {
  func prompt(
    _ id: String, video: String = "v", query: String = "the red circle", values: [Float] = [1, 2],
    embedding: [Float]? = nil, truth: [Interval] = [Interval(0, 1)]
  ) -> Prompt {
    let evidence = FrameFeatures(
      values: values, tokensPerFrame: 1, channels: values.count, timestamps: [0.5], duration: 1)
    return Prompt(
      id: id, video: video, query: query, queryEmbedding: embedding, evidence: evidence,
      truth: truth)
  }

  func complaint(_ train: [Prompt]) -> DataError? {
    groundingError { _ = try Dataset(name: "d", train: train, dev: []) }
  }

  @Test("refuses what would poison a run")
  func refuses() {
    #expect(complaint([]) == .nothingThere(what: "prompts in data set 'd'"))
    #expect(complaint([prompt("a"), prompt("a")]) == .repeatedQuery(path: "d", query: "a"))
    #expect(
      complaint([prompt("a"), prompt("b", values: [1])])
        == .wrongWidth(video: "v", expected: 2, received: 1))
    #expect(
      complaint([prompt("a", values: [1, .nan])]) == .notFinite(video: "v", frame: 0, channel: 1))
    #expect(
      complaint([prompt("a", truth: [Interval(3, 2)])])?.description
        == "Query 'a' cannot be used: its window ends at 2.0 but starts at 3.0. "
        + "Correct the annotation or remove it.")
    #expect(
      complaint([prompt("a", embedding: [1])])?.happened.contains(
        "its embedding has 1 numbers, the frames have 2") == true)
  }

  @Test("has a fingerprint that changes with everything a run can read")
  func fingerprint() throws {
    func print(_ prompts: [Prompt]) throws -> String {
      try Dataset(name: "d", train: prompts, dev: []).fingerprint
    }
    let base = try print([prompt("a"), prompt("b")])
    let others = try [
      print([prompt("b"), prompt("a")]), print([prompt("a")]),
      print([prompt("a"), prompt("b", query: "x")]),
      print([prompt("a"), prompt("b", values: [2, 1])]),
      print([prompt("a"), prompt("b", values: [1, 2.0000002])]),
      print([prompt("a"), prompt("b", video: "w")]),
      print([prompt("a"), prompt("b", embedding: [0, 0])]),
      print([prompt("a"), prompt("b", truth: [Interval(0, 2)])]),
      Dataset(name: "d", train: [prompt("a")], dev: [prompt("b", video: "w")]).fingerprint,
    ]
    #expect(Set(others + [base]).count == others.count + 1)
    #expect(
      try Dataset(name: "e", train: [prompt("a"), prompt("b")], dev: []).fingerprint
        == base)
  }

  @Test("writes its queries in a vocabulary, or says which word is missing")
  func words() throws {
    let data = try Dataset(
      name: "d", train: [prompt("a", query: "The red, red circle!")], dev: [])
    #expect(data.words == ["circle", "red", "the"])
    let codec = TimeTokensCodec(clipLength: 1, clips: 1, words: data.words)
    let tokens = try data.tokenized(with: codec.vocabulary).train.first?.tokens
    #expect(tokens?.map { codec.vocabulary.words[$0] } == ["the", "red", "red", "circle"])
    let other = TimeTokensCodec(clipLength: 1, clips: 1, words: ["the", "read", "circle"])
    let error = groundingError { _ = try data.tokenized(with: other.vocabulary) }
    #expect(
      error?.description
        == "The vocabulary has no word 'red' for the query of prompt 'a'. Did you mean 'read'?")
  }
}
