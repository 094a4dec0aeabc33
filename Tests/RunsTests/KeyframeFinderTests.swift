import Foundation
import Core
import Storage
import TAD
import Testing

@testable import Runs

private func program(_ name: String) -> String? {
  (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
    .first(where: FileManager.default.isExecutableFile)
}

private let hasFFmpeg = program("ffmpeg") != nil && program("ffprobe") != nil

private let hasPython = program("python3") != nil

/// Makes a clip whose picture changes once a second.
private func clip(_ path: String, seconds: Int = 4) throws {
  let process = Process()
  process.executableURL = URL(filePath: try #require(program("ffmpeg")))
  let source = "testsrc2=size=160x90:rate=10:duration=\(seconds)"
  process.arguments = [
    "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-vf", "hue=h=90*floor(t)", path,
  ]
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
}

private func makeFinder(
  _ selectors: [String], budget: Int = 4
) async throws -> KeyframeFinder {
  let laboratory = try Laboratory.standard()
  var choices: [KeyframeChoice] = []
  for text in selectors {
    choices.append(try await laboratory.keyframeChoice(text, count: .budget(budget)))
  }
  return KeyframeFinder(choices)
}

@Suite("Keyframes of a video", .enabled(if: hasFFmpeg, "ffmpeg is not installed"))
struct KeyframeFinderTests {
  @Test("as JSON have index, time, score and apex, with cost, coverage and agreement")
  func json() async throws {
    let folder = try ScratchFolder()
    try clip(folder.path + "/a.mp4")
    let found = try await makeFinder(["tad", "uniform"]).find(video: folder.path + "/a.mp4")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(found.json.utf8)) as? [String: Any])
    #expect(object["video"] as? String == "a.mp4" && object["frames"] as? Int == 40)
    let selections = try #require(object["selections"] as? [[String: Any]])
    let frames = try #require(selections[0]["keyframes"] as? [[String: Any]])
    #expect(frames.count == 4)
    #expect(Set(frames[0].keys) == ["index", "time", "score", "apex"])
    let index = try #require(frames[0]["index"] as? Int)
    #expect(abs((frames[0]["time"] as? Double ?? 0) - Double(index) / 10) < 1e-6)
    #expect((object["agreement"] as? [[Double]])?[0][0] == 1)
    #expect(found.text.contains("tad: 4 frames; largest gap"))
  }

  @Test("are judged by known cuts and windows")
  func truth() async throws {
    let folder = try ScratchFolder([
      "truth.json": #"{"a": {"cuts": [10, 20], "cutTimes": [3.0], "windows": [[0.9, 1.2]]}}"#
    ])
    try clip(folder.path + "/a.mp4")
    var finder = try await makeFinder(["tad", "oracle"])
    finder.truth = try KeyframeTruth.read(folder.path + "/truth.json")
    let found = try await finder.find(video: folder.path + "/a.mp4")
    #expect(found.selections[0].cutRecall == 1)
    #expect(found.selections[0].windows?.hitRate == 1)
    #expect(found.selections[1].windows?.keyframeRate == 0.75)
    #expect(finder.truth("other.mp4") == nil)
  }

  @Test(
    "are not judged by what cannot be known of the video",
    arguments: [
      (#"{"cuts": [10, 400]}"#, "cut 400 is none of its 40 frames"),
      (#"{"cutTimes": [-1, 99]}"#, "the cut at 99.0 s is not within its 4.0 s"),
      (#"{"windows": [[5, 6]]}"#, "starts at or after the end"),
      (#"{"windows": [[1]]}"#, "has 1 numbers"),
    ])
  func foreignTruth(text: String, reason: String) async throws {
    let folder = try ScratchFolder(["truth.json": text])
    try clip(folder.path + "/a.mp4")
    var finder = try await makeFinder(["uniform"])
    finder.truth = try KeyframeTruth.read(folder.path + "/truth.json")
    let error = await #expect(throws: KeyframeInputError.self) {
      try await finder.find(video: folder.path + "/a.mp4")
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("as a page show each picture once, whoever chose it, and need no network")
  func page() async throws {
    let folder = try ScratchFolder()
    try clip(folder.path + "/a.mp4")
    let found = try await makeFinder(["tad", "{tad: {window: 5}}"]).find(
      video: folder.path + "/a.mp4")
    let page = try #require(try await KeyframeFormat.html.content(of: found))
    #expect(page.ranges(of: "data:image/jpeg;base64,").count == found.chosenFrames.count)
    #expect(page.contains("<h1>4 of 40 frames of a.mp4</h1>") && page.contains("tad window=5"))
    #expect(!page.contains("http"))
    for frame in found.selections[0].keyframes {
      #expect(page.contains("class=\"f\(frame.index)\""))
    }
  }

  @Test("as a file of features have the layout of video summarization, and are read back")
  func features() async throws {
    let folder = try ScratchFolder()
    try clip(folder.path + "/a.mp4")
    var finder = try await makeFinder(["tad"])
    finder.keepsFeatures = true
    let found = try await finder.find(video: folder.path + "/a.mp4")
    let path = folder.path + "/a.h5"
    try await KeyframeFormat.hdf5.write(found, to: path)
    let file = try HDF5File.open(path)
    #expect(try file.shape(of: "a/features") == [4, 256])
    #expect(try file.integers("a/picks") == found.selections[0].keyframes.map(\.index))
    #expect(try file.doubles("a/fps") == [10] && file.integers("a/n_frames") == [40])
    let points = try file.integers("a/change_points")
    #expect(points.first == 0 && points.last == 39)
    let stored = try StoredFeatures.read("a", from: path)
    #expect(try StoredFeatures.names(path) == ["a"])
    #expect(stored.features.tokensPerFrame == 16 && stored.features.frames == 4)
    let again = try await makeFinder(["uniform"], budget: 2).find(stored)
    // The kept frames lie unevenly: even spacing is by time, not by number.
    #expect(again.selections[0].keyframes.map(\.index) == [0, 3])
    #expect(
      again.selections[0].keyframes.map(\.time) == [0, 3].map { stored.features.timestamps[$0] })
    #expect {
      try StoredFeatures.read("b", from: path)
    } throws: {
      "\($0)".contains("has no dataset 'b/features'")
    }
  }

  @Test("a query-aware selector says that a video alone has no query")
  func query() async throws {
    let folder = try ScratchFolder()
    try clip(folder.path + "/a.mp4", seconds: 1)
    await #expect {
      try await makeFinder(["bolt"]).find(video: folder.path + "/a.mp4")
    } throws: {
      "\($0)".contains("prompt 'a.mp4' has no query embedding.")
    }
  }

  @Test("as lists for other programs have their columns, and as pictures their full size")
  func lists() async throws {
    let folder = try ScratchFolder()
    try clip(folder.path + "/a.mp4")
    let found = try await makeFinder(["content"]).find(video: folder.path + "/a.mp4")
    func written(_ format: KeyframeFormat) async throws -> [String] {
      try await format.write(found, to: folder("a." + format.ending))
      return try String(contentsOfFile: folder("a." + format.ending), encoding: .utf8)
        .split(separator: "\n").map(String.init)
    }
    let lines = try await written(.csv)
    #expect(lines[0] == "video,selector,frame,time,score,apex")
    #expect(lines.count == 5 && lines[1].hasPrefix("a.mp4,content,0,0.000000,"))
    let scenes = try await written(.scenes)
    #expect(scenes[0].hasPrefix("Scene Number,Start Frame,Start Timecode,Start Time (seconds),"))
    let first = scenes[1].split(separator: ",")
    #expect(first.prefix(4) == ["1", "1", "00:00:00.000", "0.000"])
    // Scenes meet, and the last ends with the video.
    #expect(scenes.last?.contains(",40,00:00:04.000,4.000,") == true)
    let edits = try await written(.edl)
    #expect(edits[0] == "TITLE: a.mp4")
    #expect(edits[2].hasPrefix("001  AX       V     C        00:00:00:00 "))
    for format in [KeyframeFormat.jpg, .png] {
      try await format.write(found, to: folder("a.frames"))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder("a.frames"))
    #expect(names.count == 8 && names.contains("00-0.000s.png") && names.contains("00-0.000s.jpg"))
    // Two selectors have places of their own.
    var two = found
    two.selections.append(found.selections[0])
    two.selections[1].selector = "tad, window 5"
    two.selections[1].keyframes.removeLast()
    try await KeyframeFormat.jpg.write(two, to: folder("b.frames"))
    let counts = try ["content", "tad--window-5"].map {
      try FileManager.default.contentsOfDirectory(atPath: folder("b.frames/\($0)")).count
    }
    #expect(counts == [4, 3])
    try await KeyframeFormat.scenes.write(two, to: folder("b.scenes.csv"))
    // Also where their names differ in signs alone.
    let alike = ["tad a=1", "tad a-1", "tad a 1", "tad-a-1-2"]
    for format in [KeyframeFormat.jpg, .edl] {
      let paths = format.paths("v." + format.ending, selectors: alike)
      #expect(Set(paths).count == alike.count, "\(paths)")
      #expect(paths[0].contains("tad-a-1") && paths[3].contains("tad-a-1-2"))
    }
    for name in ["b.content.scenes.csv", "b.tad--window-5.scenes.csv"] {
      #expect(FileManager.default.fileExists(atPath: folder(name)), "\(name)")
    }
    let picture = try PNGImage(folder("a.frames/00-0.000s.png"))
    #expect(picture.width == 160 && picture.height == 90)
  }

  @Test("can be chosen by a program, which is asked about every frame", .enabled(if: hasPython))
  func program() async throws {
    let program = """
      import sys; sys.path.insert(0, sys.argv[1])
      import opd_teacher as o
      class Every(o.Selector):
        name = "every"
        def choose(self, prompts):
          return [list(range(0, len(p.timestamps), 8)) for p in prompts]
      o.serve(Every())
      """
    let folder = try ScratchFolder(["every.py": program])
    try clip(folder.path + "/a.mp4")
    let command =
      "['python3', '\(folder.path)/every.py', '\(Programs.path("Examples/python-teacher"))']"
    let finder = try await makeFinder(["uniform", "{process: {command: \(command)}}"])
    let found = try await finder.find(video: folder.path + "/a.mp4")
    #expect(found.selections[1].keyframes.map(\.index) == [0, 8, 16, 24, 32])
    #expect(found.selections[0].keyframes.count == 4)
  }
}

@Suite("Videos with fewer frames than the budget")
struct ShortVideosTests {
  @Test("are named in one sentence, however many there are")
  func sentence() {
    let short = ShortVideos()
    short.note("a.mp4", frames: 8, budgets: [8, 4])
    short.note("b.mp4", frames: 5, budgets: [])
    #expect(short.sentence == nil)
    short.note("d.mp4", frames: 5, budgets: [4, 8])
    #expect(
      short.sentence
        == "'d.mp4' has fewer frames (5) than the budget of 8: no more than these can be kept.")
    short.note("c.mp4", frames: 3, budgets: [8])
    #expect(
      short.sentence
        == "2 videos have fewer frames than the budget of 8, such as 'c.mp4' (3): no more than these can be kept."
    )
  }

  @Test("are found by the number that the selector was told", .enabled(if: hasFFmpeg))
  func found() async throws {
    let folder = try ScratchFolder()
    try clip(folder.path + "/a.mp4", seconds: 1)
    let enough = try await makeFinder(["tad", "uniform"], budget: 10)
    _ = try await enough.find(video: folder.path + "/a.mp4")
    #expect(enough.short.sentence == nil)
    let more = try await makeFinder(["{uniform: {ratio: 0.5}}", "tad"], budget: 11)
    _ = try await more.find(video: folder.path + "/a.mp4")
    #expect(more.short.sentence?.contains("fewer frames (10) than the budget of 11") == true)
  }
}

@Suite("Keyframes of a folder", .enabled(if: hasFFmpeg, "ffmpeg is not installed"))
struct KeyframeFolderTests {
  @Test(
    "go on where they ended, name what cannot be read, and are done again when the video changes")
  func resume() async throws {
    let folder = try ScratchFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/in/c", withIntermediateDirectories: true)
    for name in ["c/broken.mp4", "notes.txt"] {
      try Data("no video".utf8).write(to: URL(filePath: folder.path + "/in/" + name))
    }
    try clip(folder.path + "/in/a.mp4", seconds: 1)
    try clip(folder.path + "/in/c/b.mkv", seconds: 2)
    func run(_ budget: Int = 3) async throws -> KeyframeFolder.Summary {
      let work = try KeyframeFolder(
        folder.path + "/in", output: folder.path + "/out", formats: [.json, .hdf5, .html],
        finder: kept(await makeFinder(["tad"], budget: budget)))
      #expect(work.count == 3)
      var last = 0
      let summary = try await work.run(jobs: 2) { finished, _ in last = max(last, finished) }
      #expect(last == 3)
      return summary
    }
    let first = try await run()
    #expect(first.done == 2 && first.known == 0)
    #expect(first.failures["c/broken.mp4"]?.contains("cannot be decoded") == true)
    for name in ["a.mp4.json", "c/b.mkv.html", "index.html", "keyframes.h5"] {
      #expect(FileManager.default.fileExists(atPath: folder.path + "/out/" + name), "\(name)")
    }
    let index = try String(contentsOfFile: folder.path + "/out/index.html", encoding: .utf8)
    // Three frames of either video, and what each page is called.
    #expect(index.components(separatedBy: "<img src=\"data:image/jpeg").count == 7)
    #expect(index.contains("3 of 10 frames of a.mp4"), "\(index.suffix(2000))")
    #expect(try StoredFeatures.names(folder.path + "/out/keyframes.h5") == ["a", "c-b"])
    let second = try await run()
    #expect(second.done == 0 && second.known == 2)
    #expect(try await run(2).done == 2)
    try FileManager.default.removeItem(atPath: folder.path + "/out/a.mp4.json")
    #expect(try await run(2).done == 1)
    try clip(folder.path + "/in/a.mp4", seconds: 2)
    #expect(try await run(2).done == 1)
  }

  private func kept(_ finder: KeyframeFinder) -> KeyframeFinder {
    var finder = finder
    finder.keepsFeatures = true
    return finder
  }

  @Test("a place that cannot be written to ends the work with the path")
  func unwritable() async throws {
    let folder = try ScratchFolder(["out": "a file where a folder is to be"])
    try FileManager.default.createDirectory(
      atPath: folder.path + "/in", withIntermediateDirectories: true)
    try clip(folder.path + "/in/a.mp4", seconds: 1)
    let work = try KeyframeFolder(
      folder.path + "/in", output: folder.path + "/out", formats: [.json],
      finder: await makeFinder(["tad"]))
    await #expect(throws: StorageError.self) { _ = try await work.run(jobs: 1) { _, _ in } }
  }

  @Test("a folder without videos is an error")
  func empty() async throws {
    let folder = try ScratchFolder(["notes.txt": ""])
    let finder = try await makeFinder(["tad"])
    #expect(throws: KeyframeInputError.noVideos(folder: folder.path)) {
      _ = try KeyframeFolder(
        folder.path, output: folder.path, formats: [.text], finder: finder)
    }
  }
}

@Suite("What data know of videos")
struct KeyframeTruthTests {
  private func folder() throws -> ScratchFolder {
    let lines = [
      ("q1", "who waits?", "[[2, 6]]", 1...2), ("q2", "who goes?", "[[2, 6], [0, 2]]", 0...2),
    ]
    .map { name, words, windows, clips in
      """
      {"qid": "\(name)", "query": "\(words)", "vid": "a", "duration": 8, "relevant_windows": \(windows), \
      "relevant_clip_ids": \(Array(clips)), "saliency_scores": \(clips.map { _ in [4, 4, 4] })}
      """
    }
    return try ScratchFolder(["highlight_val_release.jsonl": lines.joined(separator: "\n") + "\n"])
  }

  @Test("are the windows of all questions about a video, or of the one that is asked")
  func windows() throws {
    let folder = try folder()
    let all = try KeyframeTruth.read(folder.path)
    #expect(all("a.mp4")?.windows == [[0, 2], [2, 6]] && all("b.mp4") == nil)
    let one = try KeyframeTruth.read(folder.path, query: "who waits?")
    #expect(one("a")?.windows == [[2, 6]])
  }

  @Test("are nothing where nobody asked the question")
  func unasked() throws {
    let folder = try folder()
    #expect(throws: KeyframeInputError.unasked(query: "who?", folder: folder.path)) {
      _ = try KeyframeTruth.read(folder.path, query: "who?")
    }
  }
}

@Suite("Pictures on a time line")
struct KeyframeStripTests {
  @Test("do not overlap, stay inside and move as little as they must")
  func spread() {
    #expect(KeyframeStrip.spread([20, 50, 80], width: 10) == [20, 50, 80])
    #expect(KeyframeStrip.spread([50, 50], width: 10) == [45, 55])
    #expect(KeyframeStrip.spread([0, 1, 90], width: 10) == [5, 15, 90])
    #expect(KeyframeStrip.spread([99, 100], width: 10) == [85, 95])
    var generator = Seed(1).generator()
    for _ in 0..<20 {
      let wished = (0..<9).map { _ in 100 * generator.uniform() }.sorted()
      let places = KeyframeStrip.spread(wished, width: 11)
      #expect(places[0] >= 5.5 - 1e-9 && places[8] <= 94.5 + 1e-9)
      #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 11 - 1e-9 })
    }
  }
}
