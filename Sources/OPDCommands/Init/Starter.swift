internal import Plugins
internal import Records

/// A configuration to begin with, which runs as it is once its data are there.
enum Starter: String, CaseIterable, Sendable {
  /// The built-in world.
  case world
  /// Videos and questions of one's own.
  case ownData = "own-data"
  /// A language model and a task of texts.
  case countdown
  /// A teacher of one's own.
  case teacher

  /// What it is, for the help.
  var summary: String {
    switch self {
    case .world: "windows in videos of the built-in world; needs nothing"
    case .ownData: "windows in videos of your own; needs a folder made by `opd data import`"
    case .countdown: "arithmetic as text, by a small decoder or a pretrained language model"
    case .teacher: "the built-in world with a teacher of yours: a run, a program or a service"
    }
  }

  /// The command to go on with.
  func next(_ path: String) -> String {
    let train = "opd train \(path) --out runs/\(rawValue)"
    return self == .ownData ? "opd data import --help      # makes data/mine\n  \(train)" : train
  }

  /// The configuration.
  var text: String {
    """
    # \(heading)
    # Every key, its default and its range: `opd help keys`; one of them: `opd help keys optimizer`.
    # Any of them may be changed on the command line: `opd train FILE stages.0.steps=50 seed=1`.
    \(body)

    """
  }

  /// The configuration with its last stage alone, where a teacher is asked.
  func distillation() throws -> ConfigurationValue {
    let value = try ConfigurationFile.parse(text, file: "opd init \(rawValue)")
    return try ConfigurationOverride(
      argument: "opd init \(rawValue)", path: ["stages"],
      value: ConfigurationValue(.list(Array((value["stages"]?.list ?? []).suffix(1))))
    ).applied(to: value)
  }

  private var heading: String {
    switch self {
    case .world: "Windows in videos of the built-in world: imitation, then distillation."
    case .ownData: "A student of windows in videos of your own: imitation, then GRPO."
    case .countdown: "Arithmetic as text, `make 14 from 3, 4, 2`: imitation, then GRPO."
    case .teacher: "The built-in world, and a teacher that may be yours."
    }
  }

  private var body: String {
    switch self {
    case .world: Self.worldBody
    case .ownData: Self.ownDataBody
    case .countdown: Self.countdownBody
    case .teacher: Self.teacherBody
    }
  }
}

extension Starter {
  private static let decoder = """
    student:                       # fresh weights; others: `opd plugins --kind student`
      decoder: {layers: 2, width: 64, heads: 4, keyValueHeads: 2, hidden: 128}
    """

  private static let worldBody = """
    data:                          # 100 videos to train on, 40 others to report on
      world: {videos: 100, devVideos: 40, queriesPerVideo: 4, frames: 48, difficulty: easy, patches: 1}
    codec: timeTokens              # how a window is written: as two tokens of time
    \(decoder)
    keyframes: {tad: {budget: 24}} # the student sees 24 of 48 frames; others: `opd plugins --kind selector`
    teacher: {oracle: {sharpness: 1}}   # made of the right answers; see `opd init teacher` for others
    evaluation: {every: 50}
    stages:
      - {name: warm-up, method: sft, steps: 100, prompts: 32, learningRate: 3.0e-3, schedule: {shape: constant}}
      - {name: distil, method: opd-full, steps: 50, prompts: 32, group: 2, learningRate: 2.0e-3}
    """

  private static let ownDataBody = """
    data:
      qvhighlights: {path: data/mine}   # what `opd data import --train … --dev … --features … --out data/mine` makes
    \(decoder)
    keyframes: {uniform: {budget: 16}}  # frames the student sees; others: `opd plugins --kind selector`
    reward: {grounding: {terms: {iou: 1}}}   # overlap of the answer's window with the right one
    evaluation: {every: 100}
    stages:
      - {name: warm-up, method: sft, steps: 300, prompts: 16, learningRate: 2.0e-3}
      - {name: rewards, method: grpo, steps: 100, prompts: 8, group: 8, learningRate: 1.0e-3}
    """

  private static let countdownBody = """
    data: {countdown: {numbers: 3, largest: 20, train: 2000, dev: 100}}
    codec: {countdown: {maximumTokens: 16}}
    \(decoder)
    # A pretrained language model instead, with LoRA; a folder of config.json, tokenizer.json and safetensors will do, too:
    # student: {pretrained: {path: MODEL.gguf, prompt: "{query}:", positions: 128}}
    reward: quality                # 1 for an expression that is right, else 0
    evaluation: {every: 100}
    stages:
      - {name: warm-up, method: sft, steps: 200, prompts: 32, learningRate: 2.0e-3}
      - {name: rewards, method: grpo, steps: 50, prompts: 8, group: 8, learningRate: 5.0e-4}
    """

  private static let teacherBody = """
    data:
      world: {videos: 100, devVideos: 40, queriesPerVideo: 4, frames: 48, difficulty: easy, patches: 1, query: words}
    codec: timeTokens
    \(decoder)
    teacher: {oracle: {sharpness: 1}}   # made of the right answers, to begin with. In its place:
    # teacher: {model: {run: runs/larger}}                                      # the student of a finished run
    # teacher: {process: {command: [python3, my_teacher.py]}}                   # a program of yours
    # teacher: {openai: {url: "http://127.0.0.1:8000/v1", model: NAME}}         # a service that scores text
    # teacher: {self: {evidence: answer}}                                       # the student itself, shown the answer
    evaluation: {every: 50}
    stages:
      - {name: warm-up, method: sft, steps: 100, prompts: 32, learningRate: 3.0e-3, schedule: {shape: constant}}
      - {name: distil, method: opd, steps: 50, prompts: 32, group: 2, learningRate: 1.0e-3}
    """
}
