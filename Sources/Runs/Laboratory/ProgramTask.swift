internal import Core
internal import Plugins
internal import Tasks
internal import Teacher

/// Answers that are texts, judged by a program.
struct ProgramTask: TextTask {
  let name = "program"
  let maximumLength: Int
  let judge: ProcessJudge

  var metrics: [MetricDefinition] { [] }

  /// What the program says of each answer; 0 where a response says nothing.
  func outcomes(_ answers: [(any Answer)?], to prompts: [Prompt]) async throws -> [Outcome] {
    let said = zip(answers, prompts).compactMap { answer, prompt in
      answer.map { ProcessJudge.Answered($0, to: prompt) }
    }
    var qualities = try await judge.qualities(of: said)[...]
    return zip(answers, prompts).map { answer, prompt in
      Outcome(answer, to: prompt, quality: answer == nil ? 0 : qualities.removeFirst())
    }
  }
}

/// How a program is run, and how long answers may be, as keys of one map.
struct ProgramTaskParameters: PluginParameters {
  var program = ProcessParameters()
  var answer = TextCodecParameters()

  var files: [String] { program.files }

  init() {}

  init(from decoder: any Decoder) throws {
    program = try ProcessParameters(from: decoder)
    answer = try TextCodecParameters(from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    try program.encode(to: encoder)
    try answer.encode(to: encoder)
  }

  static let keys = ProcessParameters.keys.merging(TextCodecParameters.keys) { own, _ in own }
}

extension Laboratory {
  /// Programs that ask questions, and programs that judge answers.
  mutating func registerProgramsThatAsk() throws {
    try datasets.register(
      "process", summary: "questions that a program of your own asks, in JSON lines",
      parameters: ProcessParameters.self
    ) { parameters, seed in
      try parameters.requireCommand()
      return try await Dataset(askedBy: parameters, seed)
    }
    try codecs.register(
      "process", summary: "answers that are texts, judged by a program of your own",
      parameters: ProgramTaskParameters.self
    ) { parameters, dataset in
      try parameters.program.requireCommand()
      let task = ProgramTask(
        maximumLength: parameters.answer.maximumTokens,
        judge: try ProcessJudge(parameters.program) { _ in })
      return AnswerCodec(task, tokenizer: lettersOfAnswers(dataset))
    }
  }
}

extension Dataset {
  /// The questions that a program asks.
  fileprivate init(askedBy program: ProcessParameters, _ seed: Seed) async throws {
    var parts: [ProcessQuestion.Part: [Prompt]] = [:]
    for (question, frames) in try await ProcessQuestions.asked(by: program, seed: seed) {
      let windows = try question.windows.map {
        try $0.map { try program.window($0, of: question.id, in: frames) }
      }
      parts[question.part, default: []].append(
        Prompt(
          id: question.id, video: question.video ?? question.id, query: question.query,
          evidence: frames, truth: windows ?? (question.answers ?? []).map { TextAnswer($0) }))
    }
    try self.init(
      name: "process", train: parts[.train] ?? [], dev: parts[.dev] ?? [], tune: parts[.tune] ?? [])
  }
}

extension ProcessParameters {
  /// A right window, by the rule of importing, training and evaluating.
  fileprivate func window(
    _ ends: [Double], of question: String, in frames: FrameFeatures
  ) throws -> Interval {
    do throws(UnusableWindow) {
      return try Interval(ends[0], ends[1]).fitted(to: frames.duration)
    } catch {
      throw ProcessError.content(
        program: program, prompt: question, defect: error.reason)
    }
  }
}
