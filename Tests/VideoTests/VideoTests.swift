import Foundation
import Core
import Programs
import Testing

@testable import TAD
@testable import Video

/// Whether videos can be made and read here.
let hasFFmpeg = ["ffmpeg", "ffprobe"].allSatisfy { ChildProgram.path(of: $0) != nil }

/// A folder for files of one test.
private func scratch() throws -> String {
  let path = NSTemporaryDirectory() + "keyframes-\(UInt64.random(in: 0 ... .max))"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  return path
}

/// Makes a clip.
private func make(_ arguments: [String], _ path: String) async throws {
  let quiet = ["-nostdin", "-v", "error", "-y"]
  let said = try await ChildProgram("ffmpeg", quiet + arguments + [path]).read()
  if !said.end.isSuccess { throw CannotMake(reason: said.lastError) }
}

private struct CannotMake: Error {
  let reason: String
}

/// What a selector chooses of a scan.
private func selection(
  _ selector: any KeyframeSelector, of scan: VideoScan
) async throws -> KeyframeSelection {
  let prompt = Prompt(id: "a", video: "a", query: "", evidence: scan.features, truth: [])
  return try await selector.select(curves: scan.curves, of: prompt, seed: Seed(1))
}

private func error(_ path: String) async -> String {
  await message { try await VideoDecoder(path: path).forEachFrame { _ in } }
    .replacing(path, with: "clip")
}

@Suite("Reading videos", .enabled(if: hasFFmpeg, "ffmpeg is not installed"))
struct VideoDecoderTests {
  @Test("gives every frame with its number and time")
  func frames() async throws {
    let path = try scratch() + "/a.mp4"
    try await make(["-f", "lavfi", "-i", "testsrc=size=320x180:rate=10:duration=2"], path)
    var times: [Double] = []
    let summary = try await VideoDecoder(path: path).forEachFrame { frame in
      #expect(frame.index == times.count && frame.pixels.count == 3 * 160 * 90)
      times.append(frame.time)
    }
    #expect(zip(times, 0..<20).allSatisfy { abs($0 - Double($1) / 10) < 1e-6 })
    #expect(
      summary.frames == 20 && abs(summary.duration - 2) < 1e-6 && abs(summary.rate - 10) < 1e-6)
  }

  @Test("keeps the times of a variable frame rate, no frame repeated or dropped")
  func variableRate() async throws {
    let path = try scratch() + "/v.mkv"
    try await make(
      [
        "-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=3", "-vf",
        "select='not(between(n,5,14))'", "-fps_mode", "passthrough",
      ], path)
    var times: [Double] = []
    try await VideoDecoder(path: path).forEachFrame { times.append($0.time) }
    #expect(times.count == 20)
    #expect(abs(times[4] - 0.4) < 1e-3 && abs(times[5] - 1.5) < 1e-3)
  }

  @Test("reads frames that are shown at one time, as muxers write them")
  func repeatedTimes() async throws {
    let path = try scratch() + "/d.mkv"
    try await make(
      [
        "-f", "lavfi", "-i", "testsrc=size=64x64:rate=25:duration=1", "-bsf:v",
        "setts=pts=PTS-eq(mod(N\\,10)\\,5)*40:dts=DTS-eq(mod(N\\,10)\\,5)*40", "-c:v", "mjpeg",
      ], path)
    var times: [Double] = []
    try await VideoDecoder(path: path).forEachFrame { times.append($0.time) }
    #expect(times.count == 25 && zip(times, times.dropFirst()).contains { $0 == $1 })
  }

  @Test("turns a rotated video upright")
  func rotated() async throws {
    let folder = try scratch()
    try await make(
      ["-f", "lavfi", "-i", "testsrc=size=320x180:rate=5:duration=1"], folder + "/a.mp4")
    // Versions before 6 take the rotation as metadata, later ones as an option of the input.
    let copy = ["-i", folder + "/a.mp4", "-c", "copy"]
    do {
      try await make(["-display_rotation", "90"] + copy, folder + "/r.mp4")
    } catch {
      try await make(copy + ["-metadata:s:v", "rotate=90"], folder + "/r.mp4")
    }
    var sizes: Set<[Int]> = []
    let summary = try await VideoDecoder(path: folder + "/r.mp4").forEachFrame {
      sizes.insert([$0.width, $0.height])
    }
    #expect(sizes == [[90, 160]] && summary.frames == 5)
  }

  @Test("says what is missing, empty, soundful only or no video at all")
  func unusable() async throws {
    let folder = try scratch()
    #expect(await error(folder + "/none.mp4") == "There is no file 'clip'. Check the path.")
    try Data().write(to: URL(filePath: folder + "/zero.mp4"))
    #expect(
      await error(folder + "/zero.mp4") == """
        The file 'clip' is empty. Copy or download it again: it was cut short.
        """)
    try await make(["-f", "lavfi", "-i", "sine=duration=1"], folder + "/tone.m4a")
    #expect(
      await error(folder + "/tone.m4a") == """
        The file 'clip' has no video in it. Give a file with pictures.
        """)
    try Data("no video at all".utf8).write(to: URL(filePath: folder + "/text.mp4"))
    let said = await error(folder + "/text.mp4")
    #expect(said.hasPrefix("The video 'clip' cannot be decoded: "))
    #expect(said.hasSuffix(". Check that it is a complete video; ffprobe says more about it."))
  }

  @Test("refuses a video that was cut short, with and without a count in its header")
  func truncated() async throws {
    let folder = try scratch()
    let source = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=8"]
    try await make(source + ["-movflags", "+faststart"], folder + "/a.mp4")
    try await make(source, folder + "/a.mkv")
    for name in ["a.mp4", "a.mkv"] {
      let whole = try Data(contentsOf: URL(filePath: folder + "/" + name))
      try whole.prefix(whole.count * 6 / 10).write(to: URL(filePath: folder + "/cut-" + name))
    }
    let counted = await error(folder + "/cut-a.mp4")
    #expect(counted.contains("frames, but its header announces 200. Copy or download it again"))
    let timed = await error(folder + "/cut-a.mkv")
    #expect(timed.contains("but its header announces 8.000 s. Copy or download it again"))
  }

  @Test("refuses a video whose bytes are damaged, although every frame comes")
  func damaged() async throws {
    let folder = try scratch()
    try await make(
      [
        "-f", "lavfi", "-i", "mandelbrot=size=320x180:rate=25", "-t", "4", "-movflags",
        "+faststart",
      ], folder + "/a.mp4")
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: folder + "/a.mp4")))
    let middle = bytes.count * 6 / 10
    for index in middle..<middle + 4000 { bytes[index] = UInt8(index * 37 % 251) }
    try Data(bytes).write(to: URL(filePath: folder + "/bad.mp4"))
    let said = await error(folder + "/bad.mp4")
    #expect(said.hasPrefix("The video 'clip' "), "\(said)")
    #expect(said.contains(" Copy or download it again"), "\(said)")
  }

  @Test("gives pictures of chosen frames as JPEG files")
  func thumbnails() async throws {
    let path = try scratch() + "/a.mp4"
    try await make(["-f", "lavfi", "-i", "testsrc=size=320x180:rate=10:duration=2"], path)
    let pictures = try await VideoThumbnails.jpegs(
      of: path, frames: [17, 3, 3, 9], longestSide: 64)
    #expect(pictures.keys.sorted() == [3, 9, 17])
    for (_, bytes) in pictures {
      #expect(bytes.starts(with: [0xff, 0xd8, 0xff]) && bytes.suffix(2) == [0xff, 0xd9])
    }
    #expect(Set(pictures.values).count == 3)
    #expect(try await VideoThumbnails.jpegs(of: path, frames: []).isEmpty)
    #expect(
      await message { _ = try await VideoThumbnails.jpegs(of: path, frames: [3, 20]) }
        .contains("gave 20 frames, but its header announces 21."))
  }

  @Test("a scan without descriptors chooses what one with them chooses, by every selector that can")
  func curves() async throws {
    let path = try scratch() + "/a.mp4"
    try await make(["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10:duration=6"], path)
    let decoder = try await VideoDecoder(path: path)
    let full = try await VideoScan(decoder)
    let lean = try await VideoScan(decoder, detail: .curves)
    #expect(lean.features.values.isEmpty && full.features.channels == 16)
    for reading in FeatureReading.allCases {
      let own = full.features.variation(reading: reading)
      let curve = try #require(lean.curves.variation[reading])
      #expect(zip(own, curve).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    var selectors: [any KeyframeSelector] = [
      try UniformKeyframes(), try RandomKeyframes(), try ContentScenes(), try AdaptiveScenes(),
      try PeakSegments(), try SceneClipKeyframes(with(.init()) { $0.relevance = .variation }),
    ]
    for reading in FeatureReading.allCases {
      selectors.append(
        try TemporalApexDistillation(
          with(.init()) { ($0.features, $0.budget, $0.firstFrame) = (reading, 7, .copy) }))
    }
    for selector in selectors {
      #expect(selector.reads != .features)
      #expect(try await selection(selector, of: lean) == selection(selector, of: full))
    }
    #expect(try MaximumInformationKeyframes().reads == .features)
    let apexes = try TemporalApexDistillation(with(.init()) { $0.budget = 7 })
    #expect(
      try await selection(apexes, of: full) == apexes.select(full.features, video: "a"))
  }

  @Test("stops where it is told to, without leaving the program behind")
  func stopped() async throws {
    struct Enough: Error {}
    let path = try scratch() + "/long.mp4"
    try await make(["-f", "lavfi", "-i", "testsrc=size=320x180:rate=25:duration=20"], path)
    var frames = 0
    await #expect(throws: Enough.self) {
      try await VideoDecoder(path: path).forEachFrame { _ in
        frames += 1
        if frames == 3 { throw Enough() }
      }
    }
    #expect(frames == 3)
  }

  @Test("names the program that is missing")
  func missing() async {
    #expect(
      await message { _ = try videoProgram("ffmpeg-that-nobody-has", []) } == """
        The program 'ffmpeg-that-nobody-has', which reads videos, was not found. Install ffmpeg \
        (which has ffprobe) and put it on the PATH.
        """)
  }
}

@Suite("Describing frames")
struct FrameDescriptorTests {
  @Test("has OpenCV's hue, saturation and value")
  func colours() {
    // cv2.cvtColor of these eight colours, RGB to 8-bit HSV.
    let rgb: [UInt8] = [
      255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0, 10, 20, 30, 200, 100, 50, 0, 0, 0, 90, 90, 90,
    ]
    #expect(
      HueImage(rgb: rgb).bytes == [
        0, 255, 255, 60, 255, 255, 120, 255, 255, 30, 255, 255, 105, 170, 30, 10, 191, 200, 0, 0, 0,
        0, 0, 90,
      ])
  }

  @Test("measures the mean absolute change of hue, saturation and value")
  func change() {
    let black = HueImage(rgb: [0, 0, 0, 0, 0, 0])
    let half = HueImage(rgb: [0, 0, 0, 255, 255, 255])
    #expect(half.change(from: black) == 255.0 / 6)
    #expect(half.change(from: half) == 0)
  }

  @Test("is finite, sums to two histograms a patch and the saturation, and moves little with light")
  func descriptor() {
    func picture(_ value: UInt8) -> FrameDescriptor {
      let rgb = (0..<64 * 36).flatMap { pixel -> [UInt8] in [value, UInt8(pixel % 64 * 3), 20] }
      return FrameDescriptor(HueImage(rgb: rgb), width: 64, height: 36)
    }
    let first = picture(100)
    #expect(first.patches.count == 256 && first.histogram.count == 16)
    for patch in 0..<16 {
      let row = first.patches[patch * 16..<patch * 16 + 16]
      #expect(abs(row.dropFirst(8).reduce(0, +) - 2) < 1e-3 && row.allSatisfy { $0 >= 0 })
    }
    func distance(_ other: FrameDescriptor) -> Double {
      variation(
        first.patches + other.patches, tokensPerFrame: 16, channels: 16, reading: .perToken)[1]
    }
    #expect(distance(picture(104)) < 0.05 * distance(picture(250)))
  }
}

@Suite(
  "Known cuts of real videos",
  .enabled(if: hasFFmpeg && dataFolder != nil, "no ffmpeg or no real videos here"))
struct KnownCutsTests {
  private func scan(_ name: String) async throws -> VideoScan {
    let folder = try #require(dataFolder)
    let path = folder.appending(path: "videos/\(name)").path(percentEncoded: false)
    return try await VideoScan(VideoDecoder(path: path))
  }

  private func tad(_ budget: Int) throws -> TemporalApexDistillation {
    try TemporalApexDistillation(with(.init()) { $0.budget = budget })
  }

  @Test("bikes.mp4: all five, within one frame, by the scene rules and by TAD's apexes at budget 8")
  func bikes() async throws {
    let scan = try await scan("bikes.mp4")
    let truth = [30, 76, 137, 187, 242]
    #expect(scan.summary.frames == 250 && abs(scan.summary.duration - 10) < 0.01)
    func recall(_ found: [Int]) -> Double? {
      KeyframeQuality.cutRecall(found, truth: truth, tolerance: 1)
    }
    #expect(try recall(ContentScenes().cuts(content: scan.curves.content)) == 1)
    #expect(try recall(AdaptiveScenes().cuts(content: scan.curves.content)) == 1)
    let selection = try await selection(tad(8), of: scan)
    #expect(recall(Array(Set(selection.indices).intersection(selection.apexes))) == 1)
  }

  @Test("big_buck_bunny: all three, within a tenth of a second")
  func bunny() async throws {
    let scan = try await scan("big_buck_bunny_0_30.webm")
    let truth = [11.795, 15.670, 22.961]
    func recall(_ found: [Int]) -> Double? {
      KeyframeQuality.cutRecall(
        found.map { scan.features.timestamps[$0] }, truth: truth, tolerance: 0.1)
    }
    #expect(try recall(ContentScenes().cuts(content: scan.curves.content)) == 1)
    #expect(try recall(AdaptiveScenes().cuts(content: scan.curves.content)) == 1)
    let selection = try await selection(tad(8), of: scan)
    #expect(recall(Array(Set(selection.indices).intersection(selection.apexes))) == 1)
  }
}
