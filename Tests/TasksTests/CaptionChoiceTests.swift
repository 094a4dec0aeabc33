import Core
import Testing

@testable import Tasks

@Suite("Questions with options made of captions")
struct CaptionChoiceTests {
  /// Videos of 20 frames, each with a caption of its own but the first three, which say the same; the moment is frames 8 to 11.
  private func moments(
    _ part: String, _ count: Int, captions: Bool = true, isSame: Bool = false
  ) -> [Prompt] {
    (0..<count).map { video in
      let said = (0..<20).map { isSame || $0 < 3 ? "nothing" : "\(part) \(video) frame \($0)" }
      return Prompt(
        id: "\(part)\(video)", video: "\(part)-v\(video)", query: "thing \(part) \(video)",
        queryEmbedding: [Float(video), 1],
        evidence: FrameFeatures(
          values: (0..<40).map { Float($0) }, tokensPerFrame: 1, channels: 2,
          timestamps: (0..<20).map { 2 * Double($0) + 1 }, duration: 40,
          captions: captions ? said : nil),
        truth: [Interval(16, 24)])
    }
  }

  private func base() throws -> Dataset {
    try Dataset(name: "m", train: moments("train", 5), dev: moments("dev", 6))
  }

  private func choice(_ prompt: Prompt) throws -> Choice {
    try #require(prompt.truth.first as? Choice)
  }

  @Test("have one right option, others that differ, and no stranger from another part")
  func options() throws {
    let data = try CaptionChoice.dataset(of: base())
    #expect(data.train.count == 15 && data.dev.count == 18)
    for prompt in data.all {
      let right = try choice(prompt)
      #expect(Set(right.options).count == right.options.count)
      #expect(right.options.count == (right.topic == "first" ? 2 : 4))
      #expect(right.options.allSatisfy { prompt.query.contains($0) })
      let part = prompt.video.hasPrefix("dev") ? "dev" : "train"
      #expect(right.options.allSatisfy { $0 == "nothing" || $0.contains(part) })
    }
  }

  @Test("are answered by what is said where they say that it is seen")
  func truth() throws {
    for prompt in try CaptionChoice.dataset(of: base()).all {
      let right = try choice(prompt)
      let number = prompt.video.split(separator: "v").last.map { String($0) } ?? ""
      let captions = try #require(prompt.evidence.captions)
      let times = prompt.evidence.timestamps
      func said(within stretch: Interval) -> [String] {
        zip(times, captions).filter { stretch.start <= $0.0 && $0.0 < stretch.end }.map(\.1)
      }
      switch right.topic {
      case "moment":
        #expect(right.option.hasSuffix(number) && right.stretches == [Interval(16, 24)])
      case "window":
        let inside = said(within: right.stretches[0])
        #expect(inside.contains(right.option))
        #expect(right.options.allSatisfy { $0 == right.option || !inside.contains($0) })
      default:
        let places = right.stretches.map { said(within: $0) }
        #expect(places.count == 2 && places[0] == [right.option])
        #expect(right.options.allSatisfy { places.joined().contains($0) })
        let other = right.options[1 - right.index]
        let last = try #require(captions.lastIndex(of: right.option))
        #expect(last < (try #require(captions.firstIndex(of: other))))
      }
    }
  }

  @Test("are the same for a seed, and others for another")
  func seeds() throws {
    func fingerprint(_ seed: UInt64) throws -> String {
      try CaptionChoice.dataset(of: base(), .init(seed: Seed(seed))).fingerprint
    }
    #expect(try fingerprint(1) == fingerprint(1))
    #expect(try fingerprint(1) != fingerprint(2))
  }

  @Test("put right options at every place")
  func places() throws {
    let data = try CaptionChoice.dataset(
      of: Dataset(name: "m", train: [], dev: moments("dev", 60)), .init(topics: [.moment]))
    let indices = try data.dev.map { try choice($0).index }
    for index in 0..<4 { #expect((5...25).contains(indices.count { $0 == index })) }
  }

  @Test("are embedded by the mean of what is known of the options they name")
  func embeddings() throws {
    for prompt in try CaptionChoice.dataset(of: base(), .init(topics: [.moment])).all {
      let videos = try choice(prompt).options.compactMap { $0.split(separator: " ").last }
      let mean = videos.compactMap { Float($0) }.reduce(0, +) / 4
      #expect(prompt.queryEmbedding == [mean, 1])
    }
  }

  @Test("are not made without captions, of rows that know other questions, or of one caption")
  func refused() throws {
    #expect(throws: ChoiceError.noCaptions(prompt: "dev0")) {
      let plain = try Dataset(name: "m", train: [], dev: moments("dev", 6, captions: false))
      _ = try CaptionChoice.dataset(of: plain)
    }
    #expect(throws: ChoiceError.queryAware(data: "m")) {
      let aware = try Dataset(name: "m", train: [], dev: moments("dev", 6), isQueryAware: true)
      _ = try CaptionChoice.dataset(of: aware)
    }
    #expect(throws: DataError.self) {
      let same = try Dataset(name: "m", train: [], dev: moments("dev", 6, isSame: true))
      _ = try CaptionChoice.dataset(of: same, .init(topics: [.window, .first]))
    }
  }
}
