import Foundation
import Core
import Testing

@testable import TAD

/// A folder named by an environment variable, or found beside the package; `nil` where there is none.
func folder(_ variable: String, beside path: String) -> URL? {
  let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let candidates = [
    ProcessInfo.processInfo.environment[variable].map { URL(filePath: $0) },
    package.deletingLastPathComponent().appending(path: path),
  ]
  return candidates.compactMap { $0 }.first {
    FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
  }
}

/// Reference values computed by PyTorch.
let goldenFolder = folder("OPD_GOLDEN", beside: "shared/golden")

/// Real data, which is not part of the project.
let dataFolder = folder("OPD_DATA", beside: "shared/data")

/// F frames of normal features that walk: each differs from the last by a small step, and every tenth by a large one.
func walk(frames: Int, tokens: Int = 3, channels: Int = 8, seed: UInt64 = 1) -> FrameFeatures {
  var generator = Seed(seed).generator()
  var row = (0..<tokens * channels).map { _ in Float(generator.normal()) }
  var values: [Float] = []
  for frame in 0..<frames {
    let step: Float = frame % 10 == 7 ? 2 : 0.2
    for index in row.indices { row[index] += step * Float(generator.normal()) }
    values += row
  }
  return FrameFeatures(
    values: values, tokensPerFrame: tokens, channels: channels,
    timestamps: (0..<frames).map { Double($0) / 2 }, duration: Double(frames) / 2)
}

/// A prompt about a video.
func prompt(
  _ features: FrameFeatures, id: String = "q1", video: String = "v1", query: [Float]? = nil,
  truth: [Interval] = []
) -> Prompt {
  Prompt(
    id: id, video: video, query: "when?", queryEmbedding: query, evidence: features, truth: truth)
}

/// Both sentences of the error that a piece of work throws.
func message(_ work: () throws -> Void) -> String {
  do {
    try work()
    return "(no error)"
  } catch {
    return "\(error)"
  }
}

/// What something says that does not work.
func message(_ work: () async throws -> Void) async -> String {
  do {
    try await work()
    return "(no error)"
  } catch {
    return "\(error)"
  }
}
