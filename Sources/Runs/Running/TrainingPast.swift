internal import Core
internal import Plugins
internal import Records
internal import Tasks

extension Dataset {
  /// Refuses prompts to train on about videos to report on or to choose settings by, by name or by equal frames under another name; where there are
  /// no videos, prompts that ask what is reported on.
  ///
  /// - Parameters:
  ///   - trained: What something learns from.
  ///   - who: What that is, the beginning of a sentence.
  /// - Throws: `RunError.seen` with the videos.
  /// - Complexity: Frames are compared where a video has as many frames and an equal middle one.
  func requireUnseen(_ trained: [Prompt], by who: String) throws {
    let asked = Set((dev + tune).filter { $0.evidence == .none }.map(\.query))
    let repeated = Set(
      trained.filter { $0.evidence == .none && asked.contains($0.query) }.map(\.query))
    guard repeated.isEmpty else {
      throw RunError.seen(
        by: who, what: "questions", count: repeated.count,
        first: Array(repeated.sorted().prefix(10)))
    }
    try requireUnseenVideos(trained.filter { $0.evidence != .none }, by: who)
  }

  private func requireUnseenVideos(_ trained: [Prompt], by who: String) throws {
    let videos = Dictionary((dev + tune).map { ($0.video, $0.evidence) }) { first, _ in first }
    let alike = Dictionary(grouping: videos.keys) { videos[$0].map(VideoSketch.init) }
    var looked = Set<String>()
    var seen = Set<String>()
    for prompt in trained where looked.insert(prompt.video).inserted {
      if videos[prompt.video] != nil { seen.insert(prompt.video) }
      for name in alike[VideoSketch(prompt.evidence)] ?? []
      where videos[name]?.values == prompt.evidence.values {
        seen.insert(name)
      }
    }
    guard seen.isEmpty else {
      throw RunError.seen(
        by: who, what: "videos", count: seen.count, first: Array(seen.sorted().prefix(10)))
    }
  }
}

/// What two videos of equal features have in common, cheap to hash.
private struct VideoSketch: Hashable {
  private let frames: Int
  private let middle: [Float]

  init(_ features: FrameFeatures) {
    frames = features.frames
    let first = frames / 2 * features.stride
    middle = Array(features.values[first..<first + features.stride])
  }
}

extension RunContext {
  /// Every prompt that a run of this context has trained on, itself or through other runs: its teachers, the one that it starts
  /// from, who judged its answers and chose its frames.
  ///
  /// - Parameters:
  ///   - configuration: The run's.
  ///   - generations: How many teachers of teachers are followed.
  /// - Returns: The prompts, some of them perhaps more than once.
  /// - Throws: What is wrong with the data of the run, or of a run before it.
  func trained(
    _ configuration: RunConfiguration, generations: Int = 8
  ) async throws -> [Prompt] {
    var prompts: [Prompt] = []
    for (index, stage) in configuration.stages.enumerated() {
      guard let data = stage.data, !data.isNull else {
        prompts += dataset.train
        continue
      }
      prompts += try await laboratory.dataset(
        laboratory.stageData(data, of: configuration.data), at: "stages[\(index)].data", in: seed
      ).train
    }
    let parts = [
      configuration.teacher, configuration.secondTeacher, configuration.student,
      configuration.reward, configuration.keyframes,
    ]
    guard generations > 0 else { return prompts }
    for path in parts.compactMap({ $0 }).flatMap(\.trainedRuns) {
      let value = try ConfigurationFile.load(RunDirectory(path).file("config.yaml"))
        .locatingArms()
      let taught = try value.decoded(as: RunConfiguration.self)
      prompts += try await RunContext(taught, in: laboratory)
        .trained(taught, generations: generations - 1)
    }
    return prompts
  }
}

extension ConfigurationValue {
  /// The folders of the trained runs that a part of a run is made of, wherever it names them.
  var trainedRuns: [String] {
    if let list { return list.flatMap(\.trainedRuns) }
    return (map?.pairs ?? []).flatMap { pair in
      let isRun = ["model", "from", "reader", "student"].contains(pair.key)
      let own = isRun ? pair.value.map?["run"]?.string : nil
      return (own.map { [$0] } ?? []) + pair.value.trainedRuns
    }
  }
}
