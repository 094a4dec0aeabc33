#if Engines
package import Core
package import Student
package import Teacher

/// A student that is a program: what to run, and what it is made of.
package struct ProcessStudentParameters: Sendable, Hashable, Codable {
  /// The program and its arguments; a name without a slash is looked up in `PATH`.
  package var command: [String] = []
  /// The folder in which the program runs; `nil` is the current one.
  package var folder: String?
  /// How long it may take to say hello, in seconds: time to load a model.
  package var startSeconds = 600.0
  /// How long it may be silent while an answer is due, in seconds: a whole update is one request.
  package var answerSeconds = 600.0
  /// The base model, as the program names it.
  package var base = ""
  /// The rank of the adapter that is trained; 0 trains all weights.
  package var rank = 0
  /// What fresh weights depend on.
  package var seed = 0
  /// Another model that the program has beside the student, as it names it: a teacher; `nil` for none.
  package var teacher: String?
  /// The folder of saved states; their names are made of what they hold, so runs may share it.
  package var states = "runs/students"
  /// How prompts become tokens where the model reads the words of the run.
  package var prompts = PromptTokens()
  /// How prompts become text where it has a tokenizer.
  package var text = TextSettings()
  /// What the program is told of the frames in view.
  package var frames = FramesTold.none
  /// Where the videos are and how large pictures of them, for `files` and `pixels`.
  package var pictures = PictureSettings()
  /// What a million tokens cost.
  package var prices = TokenPrices()

  /// One line on each parameter.
  package static let keys: [String: KeyDeclaration] = [
    "command": .list(of: .text, "program and arguments; mandatory"),
    "folder": .text("working folder; the current one where it is not given"),
    "startSeconds": .real(.above(0, to: 86_400), "how long it may take to say hello", unit: "s"),
    "answerSeconds": .real(
      .above(0, to: 86_400), "how long it may be silent while an answer is due", unit: "s"),
    "base": .text("the base model, as the program names it"),
    "rank": .integer(0...4096, "rank of the adapter that is trained; 0 trains all weights"),
    "seed": .integer(0...Int.max, "what fresh weights depend on"),
    "teacher": .text("another model beside the student, for 'teacher: beside'; none unless given"),
    "states": .text("folder of saved states, relative to the program's; runs may share it"),
    "prompts": .structure(PromptTokens.self, "how prompts become tokens of the run's words"),
    "text": .structure(TextSettings.self, "how prompts become text, for a model with a tokenizer"),
    "frames": .choice(
      FramesTold.self,
      """
      what it is told of the frames in view: nothing, the video's name and their times, and with these their features, the \
      path of the video's file, or pictures
      """),
    "pictures": .structure(
      PictureSettings.self, "where the videos are and how large pictures of them"),
    "prices": .structure(TokenPrices.self, "what a million tokens cost"),
  ]

  /// The defaults, without a command.
  package init() {}

  /// How the program is run.
  package var process: ProcessParameters {
    var process = ProcessParameters(command: command)
    process.folder = folder
    process.startSeconds = startSeconds
    process.answerSeconds = answerSeconds
    return process
  }
}

extension RemoteLearner {
  /// A learner that is a program of its own, in any language, spoken to in JSON lines; see `docs/students.md`.
  ///
  /// - Parameters:
  ///   - parameters: What to run, and what the student is made of.
  ///   - tokenizer: The words of the run, or the model's own.
  ///   - answer: The most tokens of an answer.
  ///   - channels: Numbers of a row of the data's features.
  ///   - videos: Where the videos' files are; `nil` where nobody knows.
  ///   - log: Receives each line of the program's error output.
  /// - Returns: A learner with fresh weights.
  /// - Throws: `ProcessError`, `TeacherError.parameter`, `EngineError.parameter`.
  package static func process(
    _ parameters: ProcessStudentParameters, tokenizer: any Tokenizer, answer: Int,
    channels: Int = 0, videos: (any FilmedVideos)? = nil,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> RemoteLearner {
    guard (0...4096).contains(parameters.rank), (2...4096).contains(parameters.prompts.levels)
    else {
      throw EngineError.parameter(
        name: "rank or prompts.levels", value: "\(parameters.rank), \(parameters.prompts.levels)",
        allowed: "0 to 4096 and 2 to 4096")
    }
    guard parameters.frames != .features || channels > 0 else {
      throw EngineError.parameter(
        name: "frames", value: "features", allowed: "another for data without features")
    }
    guard (videos != nil) == parameters.frames.needsVideos else {
      throw EngineError.parameter(
        name: "frames", value: parameters.frames.rawValue,
        allowed: "files or pixels with 'pictures.folder', the videos' folder, and neither without")
    }
    let prompts = try PromptReader(
      parameters.prompts, parameters.text, tokenizer, answer: answer,
      shows: parameters.frames == .pixels)
    let program = try await StudentProgram.connect(
      parameters.process, tokenizer: tokenizer,
      settings: StudentSettings(
        base: parameters.base, rank: parameters.rank, seed: parameters.seed,
        states: parameters.states,
        channels: parameters.frames == .features ? channels : nil,
        frames: parameters.frames == .none ? nil : parameters.frames,
        teacher: parameters.teacher), log: log)
    guard parameters.teacher == nil || program.teacherFlopsPerToken != nil else {
      throw EngineError.missingAbility(
        wanted: "a teacher beside the student", measured: "a student alone")
    }
    let engine = ProcessEngine(
      program, prompts, FrameTeller(told: parameters.frames, videos: videos), tokenizer,
      CostBook(parameters.prices))
    return RemoteLearner(
      engine, tokenizer: tokenizer,
      abilities: LearnerAbilities(
        logits: program.hasLogits, targets: .max, likeliest: program.hasLogits ? .max : 0,
        snapshots: true, divergences: program.hasDivergences,
        teacher: program.teacherFlopsPerToken != nil), flopsPerToken: program.flopsPerToken,
      teacherFlopsPerToken: program.teacherFlopsPerToken ?? 0)
  }
}
#endif
