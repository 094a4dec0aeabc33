#if Engines
import Core
import Foundation
import Student
import Teacher
import Tensors

extension ProcessEngine {
  /// Prompts to answer, as the program gets to see them.
  func questions(
    _ prompts: [Prompt], _ read: [[PromptPart]], _ seed: Seed
  ) async throws -> [StudentRequest.Question] {
    var questions: [StudentRequest.Question] = []
    for (prompt, read) in zip(prompts, read) {
      questions.append(
        StudentRequest.Question(
          tokens: read.tokens, seed: seed.derived(prompt.stream, 0).value,
          frames: try await teller.frames(of: prompt, after: read.aroundFrames.before.count)))
    }
    return questions
  }

  /// Responses as the program gets to see them.
  func data(_ responses: [TargetedResponse]) async throws -> [StudentRequest.Datum] {
    var data: [StudentRequest.Datum] = []
    for response in responses { data.append(try await datum(response)) }
    return data
  }

  private func datum(_ response: TargetedResponse) async throws -> StudentRequest.Datum {
    let read = try prompts.read(response.prompt)
    var datum = StudentRequest.Datum(
      prompt: read.tokens,
      frames: try await teller.frames(of: response.prompt, after: read.aroundFrames.before.count),
      response: response.tokens, targets: response.targets)
    guard let divergences = response.divergences else { return datum }
    let teacher = divergences.teacher
    let seen = try prompts.read(teacher.prompt)
    datum.teacher = StudentRequest.Teacher(
      weights: teacher.weights, temperature: teacher.temperature, prompt: seen.tokens,
      frames: try await teller.frames(of: teacher.prompt, after: seen.aroundFrames.before.count))
    datum.divergences = divergences.terms.map(\.wire)
    return datum
  }
}

extension ResponseDivergences.Term {
  fileprivate var wire: StudentRequest.Divergence {
    switch divergence {
    case .reverseKL: StudentRequest.Divergence("reverse_kl", weights: weights)
    case .forwardKL: StudentRequest.Divergence("forward_kl", weights: weights)
    case .jensenShannon(let beta, let normalised):
      StudentRequest.Divergence(
        "jensen_shannon", beta: beta, normalised: normalised, weights: weights)
    }
  }
}
#endif
