#if Engines
import Core
import Foundation
import Student
import Teacher
import Tensors

extension ProcessEngine {
  /// A response as the program gets to see it.
  func datum(_ response: TargetedResponse) throws -> StudentRequest.Datum {
    let read = try prompts.read(response.prompt)
    var datum = StudentRequest.Datum(
      prompt: read.tokens, frames: try teller.frames(of: response.prompt, after: read.before.count),
      response: response.tokens, targets: response.targets)
    guard let divergences = response.divergences else { return datum }
    let teacher = divergences.teacher
    let seen = try prompts.read(teacher.prompt)
    datum.teacher = StudentRequest.Teacher(
      weights: teacher.weights, temperature: teacher.temperature, prompt: seen.tokens,
      frames: try teller.frames(of: teacher.prompt, after: seen.before.count))
    datum.divergences = divergences.terms.map(\.wire)
    return datum
  }
}

/// Tells a program of the frames in view.
struct FrameTeller: Sendable {
  let told: FramesTold
  /// Where the videos' files are; `nil` where the program is told of none.
  let videos: (any FilmedVideos)?

  /// What a program is told of a prompt's frames, which are shown after so many of its tokens; `nil` where it is nothing.
  func frames(of prompt: Prompt, after place: Int) throws -> WireFrames? {
    guard var frames = WireFrames(prompt, told: told) else { return nil }
    if told.needsVideos { frames.file = try videos?.file(of: prompt) }
    if told == .pixels {
      frames.pictures = try videos?.pictures(of: prompt).map { Data($0.bytes) }
      frames.place = place
    }
    return frames
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
