internal import Core
internal import Plugins
internal import Records
internal import TAD
internal import Tasks

/// Frames drawn from the clips that a trained student predicts for a question.
///
/// The student looks at the frames that its own run showed it, answers greedily, and `AnyKeyframes` draws from its clips. Where
/// its answer cannot be read, or names no clip, frames are evenly spaced.
struct StudentKeyframes: KeyframeSelector, WeighedPart {
  private let student: TrainedStudent
  private let view: ClipView
  private let log: @Sendable (String) -> Void

  /// A digest of the student's weights.
  let weights: String

  /// It reads the question.
  var looksAtQuery: Bool { true }

  /// The selector of a run's student.
  ///
  /// - Throws: `RunError.checkpoint` for a student that predicts no clips, or has seen what is to be reported on.
  init(_ parameters: StudentKeyframeParameters, _ context: RunContext) async throws {
    try parameters.checkBudget(of: "student")
    guard let run = parameters.run else {
      throw LaboratoryError.mandatory(
        key: "run", why: "the clips are those of that run's student; only a sweep knows 'arm'")
    }
    student = try await TrainedStudent(finished: run, in: context.laboratory)
    let task = student.context.codec.task
    guard task is ClipListTask || task is GroundingTask || task is NarrationTask else {
      throw RunError.checkpoint(path: run, reason: "its student answers with no clips of a video")
    }
    try context.dataset.requireUnseen(student.prompts, by: "The student of '\(run)'")
    view = ClipView(
      codec: student.context.codec, drawing: parameters.drawing, budget: parameters)
    weights = student.identity
    log = context.log
  }

  func select(_ prompts: [Prompt], seed: Seed) async throws -> [KeyframeSelection] {
    let policy = student.student
    var frames = try await FrameChoice(student.configuration.keyframes, student.context)
    let seen = try await frames.prompts(prompts).map(student.reading)
    let groups = try await policy.sample(
      seen, settings: .greedy(maximumLength: view.codec.maximumLength), seed: Seed(0))
    var unread = 0
    let selections = zip(prompts, groups).map { prompt, group in
      let chosen = view.frames(group.rollouts[0].tokens, to: prompt)
      if chosen == nil { unread += 1 }
      return KeyframeSelection(
        indices: chosen ?? view.frames(ClipList([]), of: prompt),
        cost: SelectionCost(
          framesScanned: group.prompt.visible.frames, flops: policy.flops(of: [group], .sampling)))
    }
    if unread > 0 {
      log("the clips of \(unread) of \(prompts.count) questions could not be read: even frames")
    }
    return selections
  }
}

/// What can be set of frames by a student's clips.
struct StudentKeyframeParameters: PluginParameters, FrameBudget {
  var run: String?
  var arm: String?
  var budget: Int?
  var ratio: Double?
  var firstWeight = AnyKeyframes().firstWeight
  var secondWeight = AnyKeyframes().secondWeight
  var mode = AnyKeyframes().mode
  var hybridShare = AnyKeyframes().hybridShare

  var files: [String] { RunReference.files(run) }

  static let keys = RunReference.keys("predicts clips")
    .merging(AnyKeyframes.budgetedKeys) { $1 }

  var drawing: AnyKeyframes {
    AnyKeyframes(
      firstWeight: firstWeight, secondWeight: secondWeight, mode: mode, hybridShare: hybridShare)
  }
}
