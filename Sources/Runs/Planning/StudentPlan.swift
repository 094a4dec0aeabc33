#if Engines
internal import Core
internal import Distill
internal import Engines
package import Plugins
package import Student
internal import Tasks
internal import Teacher
internal import Tensors

/// What a run will ask of a student elsewhere at most: every answer as long as it may be, every stage to its last step.
///
/// Nobody is connected to. The measurements of a connection, curricula that ask the student, and refills are not in it.
package struct StudentPlan: Sendable, Hashable {
  /// One stage, or the evaluations.
  package struct Part: Sendable, Hashable {
    /// What people call it.
    package var name: String
    /// What it will have cost.
    package var costs = LearnerCosts()
    /// Bytes of tokens and numbers on the wire, names and headers left out.
    package var bytes = 0.0
    /// Floating-point operations; 0 where the weights are not counted.
    package var flops = 0.0
  }

  /// The stages in order, then the evaluations.
  package var parts: [Part] = []

  private let facts: Facts

  /// What is the same for all parts.
  private struct Facts: Sendable, Hashable {
    var prices = TokenPrices()
    var weights = 0.0
    /// Tokens of a prompt, on average.
    var promptTokens = 0.0
    /// Whether every prompt, and every 64 responses, is a request of its own.
    var isServer = false
  }

  /// Plans a run.
  ///
  /// - Throws: What is wrong with the configuration; `LaboratoryError.mandatory` where its student is in process.
  package init(_ value: ConfigurationValue, in laboratory: Laboratory) async throws {
    let configuration = try laboratory.complete(value).decoded(as: RunConfiguration.self)
    let context = try await RunContext(configuration, in: laboratory)
    var (facts, length) = try Self.facts(configuration.student, context.codec)
    var frames = try await FrameChoice(configuration.keyframes, context)
    let prompts = try await frames.pool(context.dataset).prompts
    var lengths: [Int] = []
    for prompt in prompts.prefix(64) { lengths.append(try await length(prompt)) }
    facts.promptTokens = Double(lengths.reduce(0, +)) / Double(max(1, lengths.count))
    self.facts = facts
    for stage in configuration.stages {
      parts.append(
        try part(stage, longest: stage.maximumLength ?? context.codec.maximumLength))
    }
    parts.append(
      evaluation(
        configuration, count: context.dataset.reported.count, longest: context.codec.maximumLength))
  }

  private static func facts(
    _ student: ConfigurationValue, _ codec: AnswerCodec
  ) throws -> (Facts, length: (Prompt) async throws -> Int) {
    var facts = Facts()
    if let own = student.map?["tinker"] {
      let parameters = try own.decoded(as: TinkerParameters.self, at: "student")
      (facts.weights, facts.isServer) = (parameters.weights, true)
      facts.prices = parameters.prices
      return (
        facts,
        try length(
          codec, parameters.prompts, parameters.text, shows: parameters.pictures.folder != nil,
          parameters.pictures.counted())
      )
    }
    if let own = student.map?["process"] {
      let parameters = try own.decoded(as: ProcessStudentParameters.self, at: "student")
      facts.prices = parameters.prices
      let shows = parameters.frames == .pixels
      return (facts, try length(codec, parameters.prompts, parameters.text, shows: shows))
    }
    throw LaboratoryError.mandatory(
      key: "student: tinker, or process", why: "a student in process costs nothing elsewhere")
  }

  /// Counts the tokens of a prompt, those of its pictures among them.
  private static func length(
    _ codec: AnswerCodec, _ words: PromptTokens, _ text: TextSettings, shows: Bool,
    _ pictures: @escaping (Prompt) async throws -> Int = { _ in 0 }
  ) throws -> (Prompt) async throws -> Int {
    let reader = try PromptReader(
      words, text, codec.tokenizer, answer: codec.maximumLength, shows: shows)
    return { try await pictures($0) + reader.read($0).tokens.count }
  }

  private func part(_ stage: StageConfiguration, longest: Int) throws -> Part {
    let method = try Method(stage.method)
    let needs = method.objective.requirements
    let group = stage.group ?? method.hints.group
    let steps = Double(stage.steps)
    var part = Part(name: stage.title)
    let own = steps * Double(stage.prompts) * method.objective.studentShare
    sample(own, group: group, longest, into: &part)
    let responses = steps * Double(stage.prompts * group)
    let passes = Double(stage.innerSteps ?? method.hints.innerSteps)
    let width = Double(needs.learner.needsLogits ? 1 : needs.learner.targets)
    let tokens = responses * (facts.promptTokens + Double(longest))
    let requests = requests(ofStep: Double(stage.prompts * group) * width) * steps
    let references = needs.needsReference ? 1.0 : 0
    part.costs.scoredTokens = Int(tokens * (passes * width + references))
    part.costs.trainedTokens = Int(tokens * passes * width)
    part.costs.requests += Int(requests * (2 * passes + references) + steps * passes)
    return finished(part)
  }

  private func evaluation(_ configuration: RunConfiguration, count: Int, longest: Int) -> Part {
    let every = configuration.evaluation.every
    let few = configuration.evaluation.count ?? count
    var answers = min(few, count)
    for stage in configuration.stages {
      answers += (every > 0 ? (stage.steps - 1) / every : 0) * min(few, count) + count
    }
    var part = Part(name: "evaluation")
    let group = max(1, configuration.evaluation.consensus)
    sample(Double(answers), group: group, longest, into: &part)
    return finished(part)
  }

  private func sample(_ prompts: Double, group: Int, _ longest: Int, into part: inout Part) {
    part.costs.requests += Int(facts.isServer ? prompts : prompts > 0 ? 1 : 0)
    part.costs.promptTokens += Int(prompts * facts.promptTokens)
    part.costs.sampledTokens += Int(prompts * Double(group * longest))
  }

  /// Requests of one pass over so many rows of targets.
  private func requests(ofStep rows: Double) -> Double {
    facts.isServer ? (rows / 64).rounded(.up) : 1
  }

  private func finished(_ part: Part) -> Part {
    var part = part
    let costs = part.costs
    let read = costs.promptTokens + costs.scoredTokens
    part.costs.price = facts.prices.price(
      of: LearnerTokens(read: read, sampled: costs.sampledTokens, trained: costs.trainedTokens))
    // Tokens as Int32 and a Float32 with each that is sampled; targets, mask and score of each that is scored; slopes too.
    part.bytes =
      4 * Double(costs.promptTokens) + 8 * Double(costs.sampledTokens)
      + 20 * Double(costs.scoredTokens) + 24 * Double(costs.trainedTokens)
    part.flops =
      facts.weights * (2 * Double(read + costs.sampledTokens) + 6 * Double(costs.trainedTokens))
    return part
  }
}
#endif
