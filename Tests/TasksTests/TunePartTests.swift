import Core
import Tasks
import Testing

@Suite("The part of a data set to choose settings by")
struct TunePartTests {
  private func world(_ tuneVideos: Int) throws -> Dataset {
    try World.dataset(
      World.Options(
        videos: 9, devVideos: 3, tuneVideos: tuneVideos, queriesPerVideo: 2, frames: 12,
        difficulty: .easy))
  }

  private func videos(_ prompts: [Prompt]) -> Set<String> { Set(prompts.map(\.video)) }

  @Test("has videos of its own in the world, and moves none of the others")
  func world() throws {
    let (without, with) = (try world(0), try world(4))
    #expect(without.tune.isEmpty && videos(with.tune).count == 4)
    #expect(with.train.map(\.id) == without.train.map(\.id))
    #expect(with.dev.map(\.evidence) == without.dev.map(\.evidence))
    let frames = Set((with.train + with.dev).map(\.evidence.values))
    #expect(with.tune.allSatisfy { !frames.contains($0.evidence.values) })
  }

  @Test("is what a run reports on where that is asked for, and dev otherwise")
  func reported() throws {
    var data = try world(2)
    #expect(data.reported.map(\.id) == data.dev.map(\.id))
    data.part = .tune
    #expect(data.reported.map(\.id) == data.tune.map(\.id))
  }

  @Test("leaves the name of data that has none as it was")
  func fingerprint() throws {
    let data = try world(0)
    #expect(try Dataset.fingerprint(of: data) == data.fingerprint)
    #expect(try world(2).fingerprint != data.fingerprint)
    #expect(try data.keepingBack(0).fingerprint == data.fingerprint)
  }

  @Test(
    "is a share of the training videos of data from files, each video whole and in one part",
    arguments: [0.01, 0.25, 0.5, 0.8])
  func share(share: Double) throws {
    let whole = try world(0)
    let data = try whole.keepingBack(share)
    #expect(videos(data.tune).count == max(1, Int((9 * share).rounded())))
    #expect(videos(data.tune).isDisjoint(with: videos(data.train)))
    #expect(Set((data.train + data.tune).map(\.id)) == Set(whole.train.map(\.id)))
    #expect(data.dev.map(\.id) == whole.dev.map(\.id))
    #expect(try whole.keepingBack(share).fingerprint == data.fingerprint)
  }

  @Test("cannot be all of them")
  func everything() throws {
    #expect(throws: DataError.self) { try world(0).keepingBack(0.99) }
  }

  @Test("shares no video with another part")
  func apart() throws {
    let data = try world(2)
    #expect(throws: DataError.self) {
      try Dataset(name: "twice", train: data.train, dev: data.dev, tune: data.dev)
    }
  }
}

extension Dataset {
  /// The name of the same prompts in a data set that knows two parts.
  fileprivate static func fingerprint(of data: Dataset) throws -> String {
    try Dataset(name: data.name, train: data.train, dev: data.dev).fingerprint
  }
}
