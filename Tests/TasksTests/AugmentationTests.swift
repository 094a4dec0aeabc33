import Core
import Foundation
import Testing

@testable import Tasks

@Suite("Questions made of others")
struct AugmentationTests {
  /// Ten clips of 2 s that carry their numbers, each with a caption.
  private func prompt(_ windows: [Interval]) -> Prompt {
    let evidence = FrameFeatures(
      values: (0..<10).flatMap { [Float($0), 1] }, tokensPerFrame: 1, channels: 2,
      timestamps: (0..<10).map { 2 * Double($0) + 1 }, duration: 20,
      captions: (0..<10).map { "clip \($0)" })
    return Prompt(
      id: "q", video: "v", query: "when", queryEmbedding: [1, 0], evidence: evidence,
      truth: windows)
  }

  /// The numbers of the clips within stretches.
  private func clips(_ stretches: [Interval], of prompt: Prompt) -> [Int] {
    prompt.evidence.timestamps.indices.filter { place in
      stretches.contains { $0.overlap(Interval(2 * Double(place), 2 * Double(place) + 2)) > 1 }
    }.map { Int(prompt.evidence[frame: $0].first ?? -1) }.sorted()
  }

  @Test("ask about the same clips, wherever they are now, and no window falls apart")
  func sameClips() throws {
    for windows in [[Interval(4, 10)], [Interval(0, 2), Interval(14, 20)], [Interval(0, 20)]] {
      let prompt = prompt(windows)
      let copies = try Augmentation(copies: 12, shifts: true, reverses: true).copies(of: prompt)
      for copy in copies {
        #expect(copy.stretches.count == windows.count)
        #expect(copy.stretches.map(\.length).sorted() == windows.map(\.length).sorted())
        #expect(clips(copy.stretches, of: copy) == clips(windows, of: prompt))
        #expect(copy.evidence.timestamps == prompt.evidence.timestamps)
        let said = copy.evidence.captions ?? []
        #expect(
          said.indices.allSatisfy {
            said[$0] == "clip \(Int(copy.evidence[frame: $0].first ?? -1))"
          })
        #expect(copy.video == "v" && copy.origin?.id == "q" && copy.queryEmbedding == [1, 0])
      }
      #expect(copies.map(\.id) == (1...12).map { "q~\($0)" })
      #expect(Set(copies.map(\.evidence)).count > 4)
    }
  }

  @Test("run backwards by turns, and are the same for every run")
  func turns() throws {
    let prompt = prompt([Interval(4, 10)])
    let reversed = try Augmentation(copies: 2, shifts: false, reverses: true).copies(of: prompt)
    #expect(reversed[0].stretches == [Interval(10, 16)])
    #expect(reversed[0].evidence[frame: 0].first == 9)
    #expect(reversed[1].evidence == prompt.evidence && reversed[1].stretches == [Interval(4, 10)])
    let shifted = Augmentation(copies: 5, shifts: true, reverses: false)
    #expect(
      try shifted.copies(of: prompt).map(\.evidence) == shifted.copies(of: prompt).map(\.evidence))
    #expect(try Augmentation.none.copies(of: prompt).isEmpty)
  }

  @Test("cut what is not asked for in two, both as long as it was")
  func pieces() {
    let change = TimeChange(duration: 20, isReversed: true, delay: 6)
    #expect(change.pieces(of: Interval(0, 4)) == [Interval(2, 6)])
    #expect(change.pieces(of: Interval(4, 10)) == [Interval(16, 20), Interval(0, 2)])
    #expect(change.pieces(of: Interval(14, 20)) == [Interval(6, 12)])
    #expect(change.pieces(of: Interval(0, 20)) == [Interval(0, 20)])
    #expect(change.pieces(of: Interval(16, 24)) == [Interval(6, 10)])
    #expect(change.pieces(of: Interval(20, 24)).isEmpty)
  }

  @Test("keep every right window whole where they are cut, and as much of the video as was asked")
  func crops() throws {
    for windows in [[Interval(4, 10)], [Interval(0, 2), Interval(14, 18)], [Interval(18, 20)]] {
      let prompt = prompt(windows)
      let cut = Augmentation(copies: 40, shifts: true, reverses: true, kept: 0.3)
      let copies = try cut.copies(of: prompt)
      for copy in copies {
        #expect(clips(copy.stretches, of: copy) == clips(windows, of: prompt))
        #expect(copy.stretches.map(\.length).sorted() == windows.map(\.length).sorted())
        let count = copy.evidence.frames
        #expect(count >= 3 && copy.duration == 2 * Double(count))
        #expect(copy.evidence.timestamps == Array(prompt.evidence.timestamps.prefix(count)))
        let seen = Set((0..<count).compactMap { copy.evidence[frame: $0].first })
        #expect(seen.count == count && (seen.max() ?? 0) - (seen.min() ?? 0) == Float(count - 1))
        // Whatever else was predicted for the video moves along, is cut or is gone.
        let change = try #require(copy.origin?.change)
        for other in [Interval(0, 20), Interval(2, 6), Interval(12, 14)] {
          let known = Set(clips(change.pieces(of: other), of: copy))
          #expect(known == Set(clips([other], of: prompt).filter { seen.contains(Float($0)) }))
        }
      }
      #expect(Set(copies.map(\.evidence.frames)).count > 1)
    }
    let whole = try Augmentation(copies: 3, shifts: false, reverses: false, kept: 0.1)
      .copies(of: prompt([Interval(0, 20)]))
    #expect(whole.allSatisfy { $0.evidence.frames == 10 && $0.stretches == [Interval(0, 20)] })
  }

  @Test("turn what features hold, where annotations say that a video is a clip longer")
  func longer() throws {
    var prompt = prompt([Interval(16, 21)])
    let evidence = prompt.evidence
    prompt.evidence = FrameFeatures(
      values: evidence.values, tokensPerFrame: 1, channels: 2, timestamps: evidence.timestamps,
      duration: 21)
    let copy = try Augmentation(copies: 1, shifts: false, reverses: true).copies(of: prompt)[0]
    #expect(copy.stretches == [Interval(0, 4)] && copy.duration == 21)
    #expect(copy.evidence[frame: 0].first == 9)
  }

  @Test("are refused of videos whose clips do not fill them evenly")
  func uneven() throws {
    var prompt = prompt([Interval(4, 10)])
    prompt.evidence = prompt.evidence.selecting([0, 1, 5])
    #expect(throws: DataError.self) {
      try Augmentation(copies: 1, shifts: true, reverses: false).copies(of: prompt)
    }
  }

  @Test("are trained on only, with rows made of the changed video, and move no bound")
  func data() async throws {
    let scratch = try Scratch()
    let world = try World.dataset(
      World.Options(videos: 12, devVideos: 4, patches: 1, query: .embedding))
    try QVHighlights.export(world, to: scratch.path)
    let augmentation = Augmentation(copies: 2, shifts: true, reverses: true)
    let codec = TimeTokensCodec(clipLength: 1, clips: 24).answers
    let plain = try QVHighlights.load(path: scratch.path)
    for rows in QVHighlights.Options.Rows.allCases {
      let data = try QVHighlights.load(
        path: scratch.path, options: .init(rows: rows, augmentation: augmentation))
      #expect(data.train.count == 3 * plain.train.count && data.dev.count == plain.dev.count)
      #expect(try await Bound.all(of: data, codec) == Bound.all(of: plain, codec))
      let kept = try data.keepingBack(0.3)
      #expect(!kept.tune.isEmpty && kept.tune.allSatisfy { $0.origin == nil })
      #expect(Set(kept.tune.map(\.video)).isDisjoint(with: kept.train.map(\.video)))
      let copy = try #require(data.train.last)
      let filmed = data.unmarked(copy)
      #expect(filmed.origin == copy.origin && filmed.stretches == copy.stretches)
      if rows == .scan, let query = filmed.queryEmbedding {
        #expect(copy.evidence == filmed.evidence.scanned(for: query))
      }
    }
  }
}
