internal import Plugins
internal import Core
internal import Curriculum
internal import Teacher

extension Laboratory {
  /// Plug-ins that are programs or services.
  mutating func registerLive() throws {
    try teachers.register(
      "process", summary: "a program of your own in any language, spoken to in JSON lines",
      parameters: ProcessParameters.self
    ) { parameters, context in
      try parameters.requireCommand(showing: true)
      let teacher = try await ProcessTeacher.connect(
        parameters, tokenizer: context.codec.tokenizer, videos: parameters.pictures.videos(),
        log: context.log)
      return TeacherChoice(teacher, identity: teacher.identity ?? "", costs: { teacher.costs })
    }
    try rewards.register(
      "process", summary: "a program of your own that judges answers, in JSON lines",
      parameters: ProcessParameters.self
    ) { parameters, context in
      try parameters.requireCommand(showing: true)
      return try await ProcessReward.connect(
        parameters, tokenizer: context.codec.tokenizer, videos: parameters.pictures.videos(),
        log: context.log)
    }
    try registerProgramsThatChoose()
    try registerProgramsThatReinforce()
    try registerProgramsThatAsk()
    #if LiveTeachers
    try registerServices()
    #endif
  }

  /// Programs that say what to reinforce.
  private mutating func registerProgramsThatReinforce() throws {
    try advantages.register(
      "process", summary: "a program of your own that says what to reinforce, in JSON lines",
      parameters: ProcessParameters.self
    ) { parameters, context in
      try parameters.requireCommand()
      return ProgramAdvantage(
        try await ProcessAdvantage(
          connecting: parameters, tokenizer: context.codec.tokenizer, log: context.log))
    }
  }

  /// Programs that choose frames or prompts.
  private mutating func registerProgramsThatChoose() throws {
    try selectors.register(
      "process", summary: "a program of your own that chooses frames, in JSON lines",
      parameters: ProcessParameters.self
    ) { parameters, context in
      try parameters.requireCommand(showing: true)
      return ProgramKeyframes(
        try await ProcessSelector.connect(
          parameters, tokenizer: context.codec.tokenizer, videos: parameters.pictures.videos(),
          log: context.log))
    }
    try curricula.register(
      "process",
      summary: "a program of your own that chooses the prompts of each round, in JSON lines",
      parameters: ProcessParameters.self
    ) { parameters, context in
      try parameters.requireCommand()
      return try AskedCurriculum(
        try await ProcessCurriculum(connecting: parameters, log: context.log),
        seed: context.seed.derived("curriculum"))
    }
  }
}

extension ProcessParameters {
  /// Says what is missing, or said in vain, in the words of a configuration.
  ///
  /// - Parameter shows: Whether the program is shown videos if it asks for them.
  /// - Throws: `LaboratoryError.mandatory`, `TeacherError.parameter`.
  func requireCommand(showing shows: Bool = false) throws {
    guard !command.isEmpty else {
      throw LaboratoryError.mandatory(
        key: "command", why: "it says which program to run, such as [python3, my_teacher.py]")
    }
    guard shows || pictures == PictureSettings() else {
      throw TeacherError.parameter(
        name: "pictures", value: "given",
        allowed: "left out: only teachers, rewards and selectors are shown videos")
    }
  }
}
