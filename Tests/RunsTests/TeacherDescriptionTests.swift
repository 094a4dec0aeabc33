import Core
import Foundation
import Plugins
import Statistics
import Testing

@testable import Runs

@Suite("The description of a teacher")
struct TeacherDescriptionTests {
  private func describe(
    _ teacher: String, more: String = "", count: Int? = nil
  ) async throws -> TeacherDescription {
    try await TeacherTrial(
      configuration(
        """
        data: {world: {videos: 4, devVideos: 3, tuneVideos: 2, queriesPerVideo: 2, frames: 12, difficulty: easy}}
        teacher: \(teacher)
        \(more)
        """), in: .standard()
    ).description(count: count)
  }

  @Test("of an oracle is right greedily, and less sure and less good the flatter it is served")
  func oracle() async throws {
    let sharp = try await describe("{oracle: {sharpness: 4}}")
    #expect(sharp.parts.map(\.name) == ["dev", "tune"] && sharp.parts.map(\.questions) == [6, 4])
    var entropies: [Double] = []
    var expected: [Double] = []
    for temperature in [0.5, 1, 2, 8] {
      let served = try await describe("{oracle: {sharpness: 4, temperature: \(temperature)}}")
      let dev = try #require(served.parts.first)
      entropies.append(try #require(dev.entropy).value)
      expected.append(try #require(dev.expected).value)
      #expect(dev.greedy.value > 0.9)
      #expect(try #require(dev.minimumRisk).value >= expected[expected.count - 1])
    }
    #expect(entropies == entropies.sorted() && expected == expected.sorted(by: >))
    let chance = try #require(sharp.parts[0].entropyOfChance)
    #expect(abs(chance - log(78)) < 1e-9 && entropies.allSatisfy { $0 > 0 && $0 <= chance })
  }

  @Test("sees what a wrapper does to its teacher, and what is planted in it")
  func wrapped() async throws {
    let plain = try await describe("{oracle: {sharpness: 4}}")
    let wrong = try await describe("{oracle: {sharpness: 4, unreliableShare: 1}}")
    let noisy = try await describe("{treated: {teacher: {oracle: {sharpness: 4}}, noise: 1}}")
    #expect(wrong.parts[0].greedy.value < 0.2 && plain.parts[0].greedy.value > 0.9)
    let entropy = try #require(noisy.parts[0].entropy).value
    #expect(abs(entropy - log(78)) < 1e-3)
    #expect(noisy.parts[0].greedy.lower <= noisy.parts[0].greedy.value)
  }

  @Test("puts as many questions as it is told to, and says which part there is not")
  func count() async throws {
    let few = try await describe(
      "oracle", more: "codec: timeTokens", count: 3)
    #expect(few.parts.map(\.questions) == [3, 3])
    let lone = try await TeacherTrial(
      configuration(
        """
        data: {world: {videos: 4, devVideos: 3, queriesPerVideo: 2, frames: 12, difficulty: easy}}
        teacher: oracle

        """), in: .standard()
    ).description()
    #expect(lone.notes == ["The data has no part 'tune', so nothing is said of it."])
    #expect(lone.text.contains("no part 'tune'") && lone.parts.count == 1)
  }

  @Test("of a model is that of a policy, for what it costs")
  func model() async throws {
    let folder = try ScratchFolder([:])
    let run = try await TinyRun(
      "stages: [{method: sft, steps: 4, prompts: 8}]", in: folder, name: "teacher")
    let value = try configuration(TinyRun.base + "\nteacher: {model: {run: \(run.path)}}\n")
    let described = try await TeacherTrial(value, in: .standard()).description(count: 2)
    #expect(described.flops > 0)
    let part = try #require(described.parts.first)
    #expect(try #require(part.entropy).value < #require(part.entropyOfChance))
  }

  @Test("of the student itself is refused, and of endless answers says what it cannot tell")
  func refused() async throws {
    await #expect(throws: ConfigurationError.self) { _ = try await describe("{self: {}}") }
    let folder = try ScratchFolder([:])
    let countdown = """
      data: {countdown: {numbers: 2, largest: 4, train: 12, dev: 4}}
      codec: {countdown: {maximumTokens: 6}}
      student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
      reward: quality
      threads: 1

      """
    let run = try await TinyRun(
      "stages: [{method: sft, steps: 1, prompts: 2}]", base: countdown, in: folder, name: "teacher")
    let value = try configuration(countdown + "teacher: {model: {run: \(run.path)}}\n")
    let open = try await TeacherTrial(value, in: .standard()).description()
    #expect(open.notes.contains { $0.contains("which the task 'countdown' cannot list") })
  }
}
