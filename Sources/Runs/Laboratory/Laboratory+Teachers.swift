internal import Distill
internal import Tasks
internal import Plugins
internal import Core
internal import Teacher

struct WindowsTeacherParameters: PluginParameters {
  var path: String?
  var scale = 4.0
  var floorShare = 0.02
  var overlapTemperature: Double?
  var confidenceTemperature = 1.0
  var offGridMass = 1e-4
  var shift = 0.0
  var unreliableShare = 0.0
  var unreliableSeed: Int?
  var temperature = 1.0
  var noise = 0.0
  var shuffled = false

  var files: [String] { path.map { [$0] } ?? [] }

  static let keys: [String: KeyDeclaration] = [
    "path": .text(
      "JSON lines with qid and pred_relevant_windows: [start, end, confidence]; mandatory"),
    "scale": .real(
      .above(0), "tau: how far from a window its weight has fallen by e", unit: "s"),
    "floorShare": .real(
      .below(1, from: 0), "share of probability spread over the whole answer grid"),
    "confidenceTemperature": .real(.above(0), "what log-confidences are divided by"),
    "overlapTemperature": overlapKey,
    "offGridMass": offGridKey,
  ].merging(TeacherTreatment.keys) { own, _ in own }
}

struct OracleTeacherParameters: PluginParameters {
  var sharpness = 1.0
  var overlapTemperature: Double?
  var floorShare = 0.01
  var offGridMass = 1e-4
  var shift = 0.0
  var unreliableShare = 0.0
  var unreliableSeed: Int?
  var temperature = 1.0
  var noise = 0.0
  var shuffled = false

  var readsTruth: Bool { true }

  static let keys: [String: KeyDeclaration] = [
    "sharpness": .real(
      .above(0), "belief falls as exp(-sharpness * seconds off)", unit: "per second"),
    "overlapTemperature": overlapKey,
    "floorShare": .real(
      .below(1, from: 0), "share of probability spread over the whole answer grid"),
    "offGridMass": offGridKey,
  ].merging(TeacherTreatment.keys) { own, _ in own }
}

/// Belief by overlap.
private let overlapKey = KeyDeclaration.real(
  .above(0), "belief falls as exp((IoU - 1) / overlapTemperature) in place of seconds, if given")

/// The uniform share that keeps every logarithm finite.
let offGridKey = KeyDeclaration.real(
  .below(1, above: 0), "share of each next-token distribution spread evenly over the vocabulary")

/// What can be done to a teacher of windows.
struct TeacherTreatment {
  static let keys: [String: KeyDeclaration] = [
    "shift": .real(.any, "by how much every window is moved (a biased teacher)", unit: "s"),
    "unreliableShare": .real(0...1, "share of prompts on which the teacher is wrong on purpose"),
    "unreliableSeed": .integer(
      0...Int.max,
      "what draws these prompts: teachers with other numbers err on others; 0 if left out"),
    "temperature": temperatureKey,
    "noise": .real(0...1, "share of the uniform distribution mixed in"),
    "shuffled": .flag("whether each prompt is scored as another one (a control)"),
  ]

  var shift: Double
  var unreliableShare: Double
  var unreliableSeed: Int?
  var temperature: Double
  var noise: Double
  var shuffled: Bool

  func apply(
    _ source: any WindowSource, smoothing: WindowSmoothing, _ context: RunContext
  ) throws -> TeacherChoice {
    var source = source
    if shift != 0 { source = try ShiftedWindows(source, .init(shift: shift)) }
    var isPlanted: (@Sendable (String) -> Bool)?
    if unreliableShare > 0 {
      let seed = Seed(UInt64(unreliableSeed ?? 0))
      let unreliable = try UnreliableWindows(source, .init(share: unreliableShare, seed: seed))
      isPlanted = unreliable.isPlanted
      source = unreliable
    }
    let windows = try WindowDistributionTeacher(
      source: source, codec: context.codec, smoothing: smoothing)
    let scorer = try windows.treated(
      temperature: temperature, noise: noise, shuffled: shuffled, context)
    return TeacherChoice(
      scorer, predictor: windows, identity: source.identity, isPlanted: isPlanted)
  }
}

extension TeacherScorer {
  /// The same teacher, flatter, noisier, or one of other prompts.
  func treated(
    temperature: Double, noise: Double, shuffled: Bool, _ context: RunContext
  ) throws -> any TeacherScorer {
    var scorer: any TeacherScorer = self
    if temperature != 1 {
      scorer = try TemperedTeacher(scorer, .init(temperature: temperature))
    }
    if noise > 0 {
      scorer = try NoisyTeacher(
        scorer, .init(noise: noise), vocabularySize: context.codec.tokenizer.count)
    }
    if shuffled {
      scorer = try ShuffledTeacher(
        scorer, pool: context.dataset.train, seed: context.seed.derived("shuffled teacher"))
    }
    return scorer
  }
}

struct TruthTeacherParameters: PluginParameters {
  var floorShare = 0.05
  var offGridMass = 1e-4

  var readsTruth: Bool { true }

  static let keys: [String: KeyDeclaration] = [
    "floorShare": .real(.below(1, from: 0), "share of probability spread evenly over all answers"),
    "offGridMass": offGridKey,
  ]
}

extension TableWindows {
  /// The predictions of a file, which must be of the videos that prompts are about.
  fileprivate init(_ path: String, about prompts: [Prompt]) throws {
    try self.init(WindowTable.load(path).windows)
    try refuseForeignWindows(of: prompts)
  }
}

extension Laboratory {
  mutating func registerTeachers() throws {
    try teachers.register(
      "truth", summary: "knows the right answers of any task whose answers can be listed",
      parameters: TruthTeacherParameters.self
    ) { parameters, context in
      let teacher = try TruthTeacher(
        codec: context.codec,
        .init(floorShare: parameters.floorShare, offGridMass: parameters.offGridMass))
      return TeacherChoice(teacher, predictor: teacher, identity: teacher.identity)
    }
    try teachers.register(
      "windows", summary: "published windows with confidences, as a distribution over answers",
      parameters: WindowsTeacherParameters.self
    ) { parameters, context in
      guard let path = parameters.path else {
        throw LaboratoryError.mandatory(
          key: "path", why: "the teacher reads its windows from a file")
      }
      return try TeacherTreatment(
        shift: parameters.shift, unreliableShare: parameters.unreliableShare,
        unreliableSeed: parameters.unreliableSeed, temperature: parameters.temperature,
        noise: parameters.noise, shuffled: parameters.shuffled
      ).apply(
        TableWindows(path, about: context.dataset.all),
        smoothing: WindowSmoothing(
          scale: parameters.scale, floorShare: parameters.floorShare,
          confidenceTemperature: parameters.confidenceTemperature,
          offGridMass: parameters.offGridMass, overlapTemperature: parameters.overlapTemperature),
        context)
    }
    try teachers.register(
      "oracle", summary: "knows the right windows of the data",
      parameters: OracleTeacherParameters.self
    ) { parameters, context in
      try TeacherTreatment(
        shift: parameters.shift, unreliableShare: parameters.unreliableShare,
        unreliableSeed: parameters.unreliableSeed, temperature: parameters.temperature,
        noise: parameters.noise, shuffled: parameters.shuffled
      ).apply(
        TrueWindows(),
        smoothing: WindowSmoothing(
          scale: 1 / parameters.sharpness, floorShare: parameters.floorShare,
          offGridMass: parameters.offGridMass, overlapTemperature: parameters.overlapTemperature),
        context)
    }
  }
}
