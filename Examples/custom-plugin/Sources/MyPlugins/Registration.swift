import Runs
import Tasks
import Plugins
import Core

struct BigramParameters: PluginParameters {
  var smoothing = 0.1
  static let keys: [String: KeyDeclaration] = [
    "smoothing": .real(.above(0), "what is added to every count")
  ]
}

struct EveryNthParameters: PluginParameters {
  var n = 2
  static let keys: [String: KeyDeclaration] = [
    "n": .integer(1..., "every how manieth frame is kept", unit: "frames")
  ]
}

struct HitParameters: PluginParameters {
  var iou = 0.5
  static let keys: [String: KeyDeclaration] = [
    "iou": .real(0...1, "the least overlap that counts")
  ]
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
