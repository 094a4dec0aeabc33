import Foundation
import Networks
import Testing

@testable import Runs

@Suite("A language model that reads captions")
struct CaptionReaderTests {
  private static let model = "SmolLM2-135M-Instruct.Q4_1.gguf"

  private static var isFetched: Bool {
    FileManager.default.fileExists(atPath: PretrainedModel.located(model))
  }

  @Test(
    "finds a text likelier after a caption that says it, and reads equal captions once",
    .enabled(if: isFetched, "run scripts/fetch-models.sh"))
  func gains() throws {
    let reader = try CaptionReader(Self.model)
    let captions = [
      "a man cooks pasta in a kitchen", "a dog runs on the beach", "a dog runs on the beach",
      "a red car in the street",
    ]
    let gains = try reader.gains(of: "A dog is running along the sea", given: captions)
    #expect(gains.count == 4 && gains[1] == gains[2] && gains[1] > 0)
    #expect(gains[0] < gains[1] && gains[3] < gains[1])
    #expect(reader.identity == (try CaptionReader(Self.model)).identity)
  }
}
