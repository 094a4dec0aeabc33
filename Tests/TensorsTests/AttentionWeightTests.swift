import Testing

@testable import Tensors

@Suite("What attention weighs")
struct AttentionWeightTests {
  private let heads = HeadLayout(heads: 2, keyValueHeads: 1, width: 6)

  /// A prompt of 40 rows and two answers of 3 and 2, of which the last 7 rows ask; or all rows ask.
  private func plan(sight: AttentionPlan<Double>.Sight, window: Int?) -> AttentionPlan<Double> {
    let segments = [0..<40, 40..<43, 43..<45]
    let positions = Array(0..<40) + [40, 41, 42] + [40, 41]
    return AttentionPlan(
      heads: heads, rotary: RotaryTable(width: 6, positions: 50, base: 100), segments: segments,
      families: [
        .init(visible: [], members: [.init(queries: 0..<40, own: 0, firstOwn: 0, sight: sight)]),
        .init(
          visible: [0],
          members: [
            .init(queries: 40..<43, own: 1, firstOwn: 0),
            .init(queries: 43..<45, own: 2, firstOwn: 0),
          ]),
      ],
      queryPositions: positions, keyPositions: positions,
      window: window.map {
        SlidingWindow(
          size: $0, firstPositions: AttentionPlan<Double>.firstPositions(segments, positions))
      })
  }

  private func numbers(_ count: Int, _ step: Int) -> [Double] {
    (0..<count).map { Double(($0 * step) % 1013) / 300 - 1.7 }
  }

  @Test(
    "sums values to what attention gives, row by row, and to 1",
    arguments: [(AttentionPlan<Double>.Sight.past, nil), (.whole, nil), (.past, 9 as Int?)])
  func law(sight: AttentionPlan<Double>.Sight, window: Int?) {
    let plan = plan(sight: sight, window: window)
    var layout = ParameterLayout()
    layout.append("nothing", shape: [1, 1])
    let weights = Weights(Parameters<Double>(zeros: layout), for: .inference)
    let (keyValue, query) = (numbers(45 * 12, 7919), numbers(45 * 12, 104_729))
    Tape<Double>().run(weights) { tape in
      let q = tape.input(query, rows: 45, columns: 12)
      let kv = tape.input(keyValue, rows: 45, columns: 12)
      let shares = tape.attentionWeights(query: q, keyValue: kv, plan: plan)
      let output = tape.values(tape.attention(query: q, keyValue: kv, plan: plan))
      for row in 0..<45 {
        let own = shares[row * 45..<(row + 1) * 45]
        #expect(abs(own.reduce(0, +) - 1) < 1e-12)
        for channel in 0..<6 {
          let summed = zip(own, 0...).reduce(0) { $0 + $1.0 * keyValue[$1.1 * 12 + 6 + channel] }
          let mean = (output[row * 12 + channel] + output[row * 12 + 6 + channel]) / 2
          #expect(abs(summed - mean) < 1e-11, "row \(row), channel \(channel)")
        }
      }
      // The second answer sees nothing of the first, and nobody what lies behind it.
      #expect(shares[44 * 45 + 40..<44 * 45 + 43].allSatisfy { $0 == 0 })
      if sight == .past { #expect(shares[10 * 45 + 11] == 0) }
    }
  }
}
