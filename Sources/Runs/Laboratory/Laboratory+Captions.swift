internal import Core
internal import Foundation
internal import Networks
internal import Plugins
internal import Synchronization
internal import Tasks
internal import Teacher

struct CaptionTeacherParameters: PluginParameters {
  var model: String?
  var frames = 16
  var levels = [0.4, 0.5, 0.6, 0.7, 0.8]
  var scale = 4.0
  var floorShare = 0.02
  var offGridMass = 1e-4
  var temperature = 1.0
  var noise = 0.0
  var shuffled = false

  var files: [String] { model.map { [PretrainedModel.located($0)] } ?? [] }

  static let keys: [String: KeyDeclaration] = [
    "model": .text(
      "the language model that reads captions: a GGUF file, a folder, or the name of a fetched model; mandatory"
    ),
    "frames": .integer(1...10_000, "captions read of a video, evenly spaced", unit: "frames"),
    "levels": .list(
      of: .real(NumberRange(0...1)),
      "thresholds between the least and the most likely caption; each makes a window of its own"),
    "scale": .real(
      .above(0), "tau: how far from a window its weight has fallen by e", unit: "s"),
    "floorShare": .real(
      .below(1, from: 0), "share of probability spread over the whole answer grid"),
    "offGridMass": offGridKey,
  ].merging(TeacherTreatment.keys.filter { ["temperature", "noise", "shuffled"].contains($0.key) })
  { own, _ in own }
}

extension Laboratory {
  /// Adds a teacher of windows that is a language model and knows no labels.
  mutating func registerCaptionTeacher() throws {
    try teachers.register(
      "captions",
      summary:
        "windows in which captions make the question likelier to a language model; no labels",
      parameters: CaptionTeacherParameters.self
    ) { parameters, context in
      guard let model = parameters.model else {
        throw LaboratoryError.mandatory(key: "model", why: "the teacher reads captions with it")
      }
      guard !parameters.levels.isEmpty else {
        throw LaboratoryError.mandatory(key: "levels", why: "each makes a window")
      }
      let source = CaptionWindows(
        try CaptionReader(model), frames: parameters.frames, levels: parameters.levels)
      return try TeacherTreatment(
        shift: 0, unreliableShare: 0, unreliableSeed: nil, temperature: parameters.temperature,
        noise: parameters.noise, shuffled: parameters.shuffled
      ).apply(
        source,
        smoothing: WindowSmoothing(
          scale: parameters.scale, floorShare: parameters.floorShare,
          offGridMass: parameters.offGridMass), context)
    }
  }
}

/// The stretches of a video whose captions make the question likelier, one a threshold, all equally sure.
///
/// - Complexity: A question costs a pass of the model over each caption read; what was read is kept.
final class CaptionWindows: WindowSource {
  private let reader: CaptionReader
  private let frames: Int
  private let levels: [Double]
  private let known = Mutex<[Question: [ScoredInterval]]>([:])

  /// Everything that windows depend on but the reader.
  private struct Question: Hashable {
    var query: String
    var captions: [String]
    var times: [Double]
    var duration: Double
  }

  /// - Parameters:
  ///   - reader: Who reads.
  ///   - frames: How many captions of a video, evenly spaced.
  ///   - levels: Thresholds, 0 … 1, as `MaximumSumReader` has them.
  init(_ reader: CaptionReader, frames: Int, levels: [Double]) {
    self.reader = reader
    self.frames = frames
    self.levels = levels
  }

  /// The model, how many captions and which thresholds.
  var identity: String {
    ContentHash.of(["captions", reader.identity, "\(frames)", "\(levels)"])
  }

  /// One window a threshold.
  ///
  /// - Throws: `DataError.impossible` for a video of which nothing is said, or what reading throws.
  func windows(for prompt: Prompt) throws -> [ScoredInterval] {
    guard let captions = prompt.evidence.captions, !captions.isEmpty else {
      throw DataError.impossible(
        query: prompt.id, reason: "its teacher reads captions, and nothing is said of its frames")
    }
    let times = prompt.evidence.timestamps
    let question = Question(
      query: prompt.query, captions: captions, times: times, duration: prompt.duration)
    if let windows = known.withLock({ $0[question] }) { return windows }
    let count = min(frames, captions.count)
    let places = (0..<count).map { (2 * $0 + 1) * captions.count / (2 * count) }
    let gains = try reader.gains(of: prompt.query, given: places.map { captions[$0] })
    let windows = levels.map { level in
      ScoredInterval(
        MaximumSumReader(level: level).stretch(
          of: gains, at: places.map { times[$0] }, over: times, duration: prompt.duration),
        confidence: 1)
    }
    known.withLock { $0[question] = windows }
    return windows
  }
}
