import Foundation
import Networks
import Plugins
import Storage
import Testing

@testable import Records
@testable import Runs

@Suite("A pretrained tower as an encoder of frames")
struct TowerEncoderTests {
  private struct Values: Decodable { var image_embeds: [[Double]] }

  private let folder = Programs.path("Tests/Golden/vision")

  @Test("makes of a picture the row that CLIP's own library makes of the file")
  func clip() async throws {
    let encoder = try await Laboratory.standard().encoders.connect(
      ConfigurationFile.parse("{tower: {path: '\(folder)/clip'}}", file: "--encoder"), in: { _ in })
    let pictures = try ["wide", "tall"].map {
      Picture(try PNGImage("\(folder)/images/\($0).png"))
    }
    let golden = try Data(contentsOf: URL(filePath: folder + "/clip/golden.json"))
    let expected = try JSONDecoder().decode(Values.self, from: golden).image_embeds
    let rows = try await encoder.rows(of: pictures)
    #expect(rows.map(\.count) == [6, 6] && encoder.channels == 6 && encoder.tokensPerFrame == 1)
    for (own, other) in zip(rows.joined(), expected.joined()) {
      #expect(abs(Double(own) - other) < 2e-5)
    }
    // It looks at 8 pixels a side; frames are read at twice as many.
    #expect(encoder.side == 16)
  }
}
