import Runs
import Tasks
import Plugins
import Core

struct BigramParameters: PluginParameters {
  var smoothing = 0.1
  static let documentation = ["smoothing": "what is added to every count; above 0"]
}

struct EveryNthParameters: PluginParameters {
  var n = 2
  static let documentation = ["n": "every how manieth frame is kept; at least 1"]
}

struct HitParameters: PluginParameters {
  var iou = 0.5
  static let documentation = ["iou": "the least overlap that counts, 0 … 1"]
}

extension Laboratory {
  /// Everything that comes with `opd`, and a teacher, a selector and a reward of our own.
  public static func withMyPlugins() throws -> Laboratory {
    var laboratory = try Laboratory.standard()
    try laboratory.teachers.register(
      "bigram", summary: "counts in right answers", parameters: BigramParameters.self
    ) { parameters, context in
      let answers = try context.dataset.train.flatMap { prompt in
        try prompt.truth.map { try context.codec.encode($0, to: prompt) }
      }
      return TeacherChoice(
        BigramTeacher(
          answers: answers, tokenizer: context.codec.tokenizer, smoothing: parameters.smoothing),
        identity: "bigram")
    }
    try laboratory.selectors.register(
      "every-nth", summary: "keeps every n-th frame", parameters: EveryNthParameters.self
    ) { parameters, _ in EveryNth(n: parameters.n) }
    try laboratory.rewards.register(
      "hit", summary: "1 for enough overlap, else 0", parameters: HitParameters.self
    ) { parameters, context in HitReward(codec: context.codec, iou: parameters.iou) }
    return laboratory
  }
}
