import Foundation
import Testing

@testable import TAD

/// The reference file's layout.
private struct Golden: Decodable {
  struct Case: Decodable {
    var window: Int
    var omega: Double
    var ratio: Double
    var pooled: Bool
    var first_frame: FirstFrame
    var variation: [Double]
    var peak: [Bool]
    var selected: [Int]
  }
  var features: [[[Double]]]
  var cases: [Case]
}

@Suite("Reference values of TAD", .enabled(if: goldenFolder != nil, "no reference values here"))
struct GoldenKeyframesTests {
  @Test("match PyTorch: the same frames and apexes, variation within 1e-12")
  func golden() throws {
    let folder = try #require(goldenFolder)
    let data = try Data(contentsOf: folder.appending(path: "keyframes.json"))
    let golden = try JSONDecoder().decode(Golden.self, from: data)
    let values = golden.features.flatMap { $0.flatMap { $0 } }
    #expect(golden.cases.count == 108)
    for expected in golden.cases {
      var parameters = TemporalApexDistillation.Parameters()
      parameters.window = expected.window
      parameters.omega = expected.omega
      parameters.ratio = expected.ratio
      parameters.features = expected.pooled ? .pooled : .perToken
      parameters.firstFrame = expected.first_frame
      let variation = variation(
        values, tokensPerFrame: 3, channels: 8, reading: parameters.features,
        firstFrame: parameters.firstFrame)
      let selection = try TemporalApexDistillation(parameters).select(
        values: values, tokensPerFrame: 3, channels: 8)
      #expect(zip(variation, expected.variation).allSatisfy { abs($0 - $1) < 1e-12 })
      #expect(selection.apexes == expected.peak.indices.filter { expected.peak[$0] })
      #expect(selection.indices == expected.selected)
    }
  }
}
