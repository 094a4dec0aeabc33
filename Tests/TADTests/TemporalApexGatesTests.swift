import Core
import Testing

@testable import TAD

@Suite("TAD on rows of a student's own")
struct TemporalApexGatesTests {
  private static let frames = 23
  private static let tokens = 2
  private static let channels = 3
  private static let rows = walk(frames: frames, tokens: tokens, channels: channels, seed: 5)
    .values.map { Double($0) }

  private func tad(
    _ change: (inout TemporalApexDistillation.Parameters) -> Void
  ) throws -> TemporalApexDistillation {
    var parameters = TemporalApexDistillation.Parameters()
    parameters.budget = 7
    parameters.straightThrough = true
    change(&parameters)
    return try TemporalApexDistillation(parameters)
  }

  private func choose(_ rows: [Double], _ tad: TemporalApexDistillation) -> GatedFrames {
    tad.choose(rows, tokensPerFrame: Self.tokens, channels: Self.channels)
  }

  @Test("keeps the frames of the selector, with its scores as gates where they are asked for")
  func same() throws {
    for isStraight in [false, true] {
      let tad = try tad { $0.straightThrough = isStraight }
      let known = tad.select(
        values: Self.rows, tokensPerFrame: Self.tokens, channels: Self.channels)
      let found = choose(Self.rows, tad)
      #expect(found.indices == known.indices && found.indices.count == tad.kept(of: Self.frames))
      #expect(found.gates == (isStraight ? known.indices.map { known.scores[$0] } : nil))
      #expect(tad.setsGates == isStraight)
    }
  }

  @Test(
    "the gradient of its gates is that of central differences, the kept frames held",
    arguments: FeatureReading.allCases, FirstFrame.allCases)
  func gradient(reading: FeatureReading, first: FirstFrame) throws {
    for boost in TemporalApexDistillation.Boost.allCases {
      let tad = try tad {
        $0.features = reading
        $0.firstFrame = first
        $0.boost = boost
        $0.omega = 1.7
      }
      // A second frame that turns away from the first, so that a first frame with its score is kept.
      var rows = Self.rows
      for index in 0..<Self.tokens * Self.channels { rows[index] *= first == .copy ? -1 : 1 }
      let base = choose(rows, tad)
      let slopes = (0..<7).map { Double(($0 * 5 + 3) % 7) - 2.5 }
      let found = tad.pullback(
        slopes, rows: rows, tokensPerFrame: Self.tokens, channels: Self.channels)
      #expect(found.count == rows.count && found.contains { $0 != 0 })
      func value(_ rows: [Double]) -> Double {
        let moved = choose(rows, tad)
        #expect(moved.indices == base.indices)
        return zip(slopes, moved.gates ?? []).reduce(0) { $0 + $1.0 * $1.1 }
      }
      for index in rows.indices {
        func moved(_ step: Double) -> [Double] {
          var moved = rows
          moved[index] += step
          return moved
        }
        let slope = (value(moved(1e-6)) - value(moved(-1e-6))) / 2e-6
        #expect(abs(slope - found[index]) <= 1e-7 * max(1, abs(slope)), "\(boost) \(index)")
      }
    }
  }

  @Test("rows of zeros and rows that are no numbers give scores and slopes that are")
  func degenerate() throws {
    let tad = try tad { $0.budget = 3 }
    for bad in [0, .nan, .infinity] as [Double] {
      var rows = Self.rows
      for index in 4 * 6..<6 * 6 { rows[index] = bad }
      let chosen = choose(rows, tad)
      #expect(chosen.indices.count == 3 && chosen.gates?.allSatisfy(\.isFinite) == true)
      let slopes = tad.pullback(
        [1, 1, 1], rows: rows, tokensPerFrame: Self.tokens, channels: Self.channels)
      #expect(slopes.count == rows.count && slopes.allSatisfy(\.isFinite))
    }
  }
}
