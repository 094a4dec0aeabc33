import Core
import Foundation
import Plugins
import Testing

@testable import Runs

@Suite("What an answer costs")
struct ProfileTests {
  @Test("is parted, and grows with the samples it is read from; the budget falls with the frames")
  func parts() async throws {
    let run = try await TinyRun("stages: [{method: sft, steps: 2, prompts: 4}]")
    let executor = RunExecutor(try .standard())
    let profile = try await executor.profile(of: run.path, videos: 3)
    #expect(profile.questions == 3)
    #expect(profile.before.frames == 12 && profile.after.frames == 8)
    #expect(profile.after.visualTokens * 12 == profile.before.visualTokens * 8)
    #expect(profile.after.prefillFlops < profile.before.prefillFlops)
    #expect(
      profile.readings.map(\.name) == [
        "greedy", "consensus of 4", "consensus of 8", "consensus of 32", "minimum risk",
      ])
    for reading in profile.readings {
      #expect(abs(reading.shares.values.reduce(0, +) - 1) < 1e-9)
      #expect(reading.shares.values.allSatisfy { $0 >= 0 } && reading.seconds > 0)
      #expect((0...1).contains(reading.quality))
    }
    let tokens = profile.readings.map(\.tokens)
    #expect(tokens == tokens.sorted() && tokens[0] <= 3)
    // Every window of twelve clips, in a token for its start, one for its end and the end.
    #expect(tokens[4] == 3 * 78)
    let flops = profile.readings.map(\.flops)
    #expect(flops == flops.sorted() && flops[0] > profile.after.prefillFlops)
    #expect(profile.text.contains("minimum risk") && profile.text.contains("as seen"))
  }

  @Test("its greedy answers are those of an evaluation")
  func quality() async throws {
    let run = try await TinyRun("stages: [{method: sft, steps: 4, prompts: 8}]")
    let executor = RunExecutor(try .standard())
    let profile = try await executor.profile(of: run.path, videos: 100)
    let outcomes = try await executor.evaluation(of: run.path).outcomes
    var seen = Set<String>()
    let first = outcomes.filter { seen.insert($0.cluster).inserted }
    #expect(profile.questions == first.count && first.count == 4)
    let expected = first.reduce(0) { $0 + $1.quality } / Double(first.count)
    #expect(abs(profile.readings[0].quality - expected) < 1e-9)
  }
}
