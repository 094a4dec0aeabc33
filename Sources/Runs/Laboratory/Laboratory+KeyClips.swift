internal import Tasks
internal import Plugins
internal import Core
internal import TAD
internal import Storage

/// What can be set of key-clip data.
struct KeyClipParameters: PluginParameters {
  var of: ConfigurationValue?
  var deviations = 1.0
  var second = 0.5
  var path: String?

  var files: [String] { [path].compactMap { $0 } }

  var members: [String: ConfigurationValue] {
    get { of.map { $0.isNull ? [:] : ["of": $0] } ?? [:] }
    set { of = newValue["of"] ?? of }
  }

  static let keys: [String: KeyDeclaration] = [
    "of": .plugin(
      "data", "the data whose right answers become key clips; of a stage, the run's if left out"),
    "deviations": .real(
      0..., "standard deviations above the mean from which a difference begins a scene"),
    "second": .real(
      0..., "share of the best scene's overlap from which another scene is a P2 clip; above 1 none"),
    "path": .text(
      "a file of `opd clips build` whose P1 and P2 clips are the answers, instead of scenes by these two numbers"
    ),
  ]
}

extension Laboratory {
  /// Adds key clips as data; it can be made of all data that is registered before.
  mutating func registerKeyClips() throws {
    let bases = datasets
    try datasets.register(
      "keyClips", summary: "other data, its right answers replaced by the scenes that hold them",
      parameters: KeyClipParameters.self
    ) { parameters, seed in
      let clips = try KeyClipAnswers(parameters)
      guard let of = parameters.of, !of.isNull else {
        throw LaboratoryError.mandatory(
          key: "of", why: "only the data of a stage is made of the run's where it is left out")
      }
      let base = try bases.build(of, at: "of", in: seed)
      var dataset = try Dataset(
        name: "\(base.name)-key-clips", train: try base.train.map { try clips.prompt($0) },
        dev: try base.dev.map { try clips.prompt($0) },
        tune: try base.tune.map { try clips.prompt($0) }, isQueryAware: base.isQueryAware)
      dataset.filmed = base.filmed
      return dataset
    }
  }
}

extension Laboratory {
  /// The data of a stage as a file writes it, key clips made of the run's data where nothing else is named.
  ///
  /// - Parameters:
  ///   - value: What the stage names.
  ///   - data: The data of the run.
  /// - Returns: The same, but for key clips of nothing.
  func stageData(_ value: ConfigurationValue, of data: ConfigurationValue) -> ConfigurationValue {
    let isNamed = value.string == "keyClips" || value.map?.keys == ["keyClips"]
    let written = value.map?["keyClips"]
    guard isNamed, written.map({ $0.isNull || $0.map != nil }) ?? true,
      written?.map?["of"]?.isNull ?? true
    else { return value }
    var parameters = written?.map ?? ConfigurationMap()
    parameters["of"] = data
    var map = ConfigurationMap()
    map["keyClips"] = ConfigurationValue(.map(parameters))
    return ConfigurationValue(.map(map), source: value.source)
  }
}

/// The second stage of K-frames: which scenes a question is about, the one that holds most of the answer (P1) first.
///
/// Source: K-frames, arXiv:2510.13891; scenes are those of `SceneSegmentation`, in place of its annotated clips.
struct KeyClipAnswers {
  private let scenes: SceneSegmentation
  private let second: Double
  private let built: (path: String, clips: [String: PeakClips])?

  /// - Throws: `StorageError` for a file of clips that cannot be read.
  init(_ parameters: KeyClipParameters) throws {
    scenes = SceneSegmentation(.features, deviations: parameters.deviations)
    second = parameters.second
    built = try parameters.path.map { ($0, try PeakClips.read($0)) }
  }

  /// The prompt with clips for answers; one whose answers no scene overlaps keeps them.
  func prompt(_ prompt: Prompt) throws -> Prompt {
    if let built { return try self.prompt(prompt, built.clips[prompt.id], in: built.path) }
    let overlaps = try clips(of: prompt).map { clip in
      (clip: clip, seconds: prompt.stretches.map { $0.overlap(clip) }.max() ?? 0)
    }
    let ranked = overlaps.enumerated().sorted {
      ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset)
    }.map(\.element)
    guard let best = ranked.first, best.seconds > 0 else { return prompt }
    let clips = ranked.filter { $0.seconds >= second * best.seconds && $0.seconds > 0 }
    var copy = prompt
    copy.truth = second > 1 ? [best.clip] : clips.map(\.clip)
    return copy
  }

  /// The prompt with the clips that a file has for it.
  private func prompt(_ prompt: Prompt, _ clips: PeakClips?, in path: String) throws -> Prompt {
    func refusal(_ reason: String) -> StorageError { .unusable(path: path, reason: reason) }
    guard let clips else { throw refusal("it has no clips for question '\(prompt.id)'") }
    guard clips.video == prompt.video, abs(clips.duration - prompt.duration) <= 0.01 else {
      throw refusal(
        "its clips of question '\(prompt.id)' are of video '\(clips.video)' of \(clips.duration) s, "
          + "not of '\(prompt.video)' of \(prompt.duration) s")
    }
    var copy = prompt
    copy.truth = [clips.keyClips]
    return copy
  }

  /// The scenes of a prompt's video, in seconds.
  private func clips(of prompt: Prompt) throws -> [Interval] {
    sceneIntervals(
      try scenes.scenes(of: prompt.evidence, video: prompt.video),
      times: prompt.evidence.timestamps, duration: prompt.duration)
  }
}
