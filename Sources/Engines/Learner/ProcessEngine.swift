#if Engines
import Core
import Foundation
import Student
import Teacher

/// A student in a program of its own as a learner asks it.
actor ProcessEngine: StudentEngine {
  private let program: StudentProgram
  let prompts: PromptReader
  let teller: FrameTeller
  private let tokenizer: any Tokenizer
  private let book: CostBook
  /// The saved state that a frozen student answers with, or the other model's name.
  nonisolated let weights: String?
  /// Why the program's weights are not what they should be; a restored state mends that.
  private var lost: String?

  init(
    _ program: StudentProgram, _ prompts: PromptReader, _ teller: FrameTeller,
    _ tokenizer: any Tokenizer, _ book: CostBook, weights: String? = nil
  ) {
    self.program = program
    self.prompts = prompts
    self.teller = teller
    self.tokenizer = tokenizer
    self.book = book
    self.weights = weights
  }

  nonisolated var costs: LearnerCosts { book.total }

  nonisolated func length(of prompt: Prompt) -> Int {
    (try? prompts.read(prompt).tokens.count) ?? 0
  }

  /// Asks the program; whatever it does not refuse in words has cost it its weights.
  private func ask(_ request: StudentRequest) async throws -> StudentAnswer {
    if let lost, request.operation != .load {
      throw EngineError.lost(student: program.name, reason: lost)
    }
    var request = request
    request.weights = weights
    do {
      return try await program.ask(request)
    } catch let refusal as ProcessError where refusal.isRefusal {
      throw refusal
    } catch {
      // A frozen student's weights are in its file, whatever happens to the program.
      if weights == nil { lost = "a request failed half way" }
      throw error
    }
  }

  func sample(
    _ prompts: [Prompt], _ settings: SamplingSettings, _ seed: Seed
  ) async throws -> [RolloutGroup] {
    var request = StudentRequest(.sample)
    let read = try prompts.map { try self.prompts.read($0) }
    request.questions = try await questions(prompts, read, seed)
    (request.group, request.length) = (settings.group, settings.maximumLength)
    request.temperature = settings.temperature
    request.ends = settings.ignoresEnd ? [] : tokenizer.ends.sorted()
    let responses = try await ask(request).responses ?? []
    guard responses.count == prompts.count else { throw program.defect("responses") }
    let groups = try zip(prompts, responses).map { prompt, own in
      try RolloutGroup(
        prompt,
        own.map {
          SampledResponse(tokens: $0.tokens.values, logProbabilities: $0.logprobs.values)
        }, settings, tokenizer, operation: "sample")
    }
    book.sampled(
      requests: 1, prompts: read.reduce(0) { $0 + $1.tokens.count },
      answers: groups.reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } })
    return groups
  }

  func score(
    _ responses: [TargetedResponse], temperature: Double
  ) async throws -> [[[Double]]] {
    var request = StudentRequest(.forward)
    request.temperature = temperature
    let rows = try await values(of: responses, request)
    return try zip(responses, rows).map { response, values in
      guard values.count == response.targets.reduce(0, { $0 + $1.count }),
        values.allSatisfy({ $0.isFinite && $0 <= 1e-3 })
      else { throw program.defect("values") }
      var rest = values[...]
      return response.targets.map { targets in
        defer { rest = rest.dropFirst(targets.count) }
        return rest.prefix(targets.count).map { Double($0) }
      }
    }
  }

  func compare(
    _ responses: [TargetedResponse], temperature: Double
  ) async throws -> [ComparedResponse] {
    guard !responses.isEmpty else { return [] }
    var request = StudentRequest(.compare)
    request.temperature = temperature
    request.data = try await data(responses)
    let answer = try await ask(request)
    book.scored(requests: 1, tokens: responses.reduce(0) { $0 + 2 * tokens(of: $1) })
    guard let values = answer.values, values.count == responses.count else {
      throw program.defect("values")
    }
    return try zip(responses, values).map { response, numbers in
      let length = response.tokens.count
      let count = 1 + (response.divergences?.terms.count ?? 0)
      guard numbers.values.count == length * count, numbers.values.allSatisfy(\.isFinite),
        numbers.values.prefix(length).allSatisfy({ $0 <= 1e-3 })
      else { throw program.defect("values") }
      let parts = (0..<count).map { part in
        numbers.values[part * length..<(part + 1) * length].map { Double($0) }
      }
      return ComparedResponse(
        logProbabilities: parts[0], divergences: Array(parts.dropFirst()))
    }
  }

  func logits(_ responses: [TargetedResponse]) async throws -> [[Float]] {
    let rows = try await values(of: responses, StudentRequest(.logits))
    guard zip(responses, rows).allSatisfy({ $1.count == $0.tokens.count * tokenizer.count })
    else { throw program.defect("values") }
    return rows
  }

  /// What a request without gradients finds for each response.
  private func values(
    of responses: [TargetedResponse], _ request: StudentRequest
  ) async throws -> [[Float]] {
    guard !responses.isEmpty else { return [] }
    var request = request
    request.data = try await data(responses)
    let values = try await ask(request).values ?? []
    guard values.count == responses.count else { throw program.defect("values") }
    book.scored(requests: 1, tokens: responses.reduce(0) { $0 + tokens(of: $1) })
    return values.map(\.values)
  }

  private func tokens(of response: TargetedResponse) -> Int {
    length(of: response.prompt) + response.tokens.count
  }

  func train(
    _ responses: [DifferentiatedResponse], _ step: UpdateStep
  ) async throws -> UpdateReport {
    var request = StudentRequest(.train)
    // One temperature an update: that of the loss.
    for case .slopes(_, _, let temperature) in responses.map(\.gradient) {
      request.temperature = temperature
    }
    let data = try await data(responses.map(\.response))
    request.data = zip(responses, data).map { response, datum in
      var datum = datum
      switch response.gradient {
      case .slopes(let slopes, _, _):
        datum.slopes = WireReals(slopes.flatMap { $0 }.map { Float($0) })
      case .logits(let rows): datum.rows = WireReals(rows)
      }
      return datum
    }
    request.step = step.wire
    let answer = try await ask(request)
    book.trained(requests: 1, tokens: responses.reduce(0) { $0 + tokens(of: $1.response) })
    guard let isApplied = answer.applied else { throw program.defect("applied") }
    return UpdateReport(norm: answer.norm ?? (isApplied ? nil : .nan), isApplied: isApplied)
  }
}

extension ProcessEngine {
  func save() async throws -> LearnerState {
    let answer = try await ask(StudentRequest(.save))
    guard let name = answer.name, let digest = answer.digest, let updates = answer.updates else {
      throw program.defect("name")
    }
    return LearnerState(blobs: [], optimizerUpdates: updates, name: name, digest: digest)
  }

  func restore(_ state: LearnerState) async throws {
    var request = StudentRequest(.load)
    request.name = state.name
    request.moments = !state.isWeightsAlone
    guard try await ask(request).digest == state.digest else {
      lost = "the state '\(state.name ?? "")' is not what was saved"
      throw EngineError.lost(student: program.name, reason: lost ?? "")
    }
    lost = nil
  }

  func resetOptimizer() async throws { _ = try await ask(StudentRequest(.reset)) }

  func digest() async throws -> String {
    guard let digest = try await ask(StudentRequest(.digest)).digest else {
      throw program.defect("digest")
    }
    return digest
  }

  func frozen() async throws -> any StudentEngine {
    ProcessEngine(program, prompts, teller, tokenizer, book, weights: try await save().name)
  }

  nonisolated func teacher() throws -> any StudentEngine {
    // No state is called so: their names are hexadecimal.
    ProcessEngine(program, prompts, teller, tokenizer, book, weights: "teacher")
  }
}

extension ProcessError {
  /// Whether the program said no in words, and so has changed nothing.
  fileprivate var isRefusal: Bool {
    guard case .refused = self else { return false }
    return true
  }
}

extension UpdateStep {
  fileprivate var wire: StudentRequest.Step {
    StudentRequest.Step(
      number: number, rate: learningRate, betas: (optimizer.beta1, optimizer.beta2),
      epsilon: optimizer.epsilon, decay: optimizer.weightDecay, clip: optimizer.clipNorm)
  }
}
#endif
