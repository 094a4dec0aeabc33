internal import Records

extension EvaluationProfile {
  /// The parts of an answer, in the order in which they happen.
  package static let parts = ["features", "selection", "prefill", "decoding"]

  /// Two tables: what a prompt is before and after frames are chosen, and what an answer costs.
  package var text: String {
    let budgets = TextTable(
      header: ["prompt", "frames", "visual tokens", "words", "prefill"],
      rows: [("all frames", before), ("as seen", after)].map { name, budget in
        [
          name, Quantity.short(budget.frames), Quantity.short(budget.visualTokens),
          Quantity.short(budget.words), Quantity.flops(budget.prefillFlops),
        ]
      })
    let answers = TextTable(
      header: ["answer", "quality", "ms", "FLOPs", "tokens"] + Self.parts,
      rows: readings.map { reading in
        [
          reading.name, Quantity.metric(reading.quality),
          Quantity.decimals(1000 * reading.seconds, 2), Quantity.flops(reading.flops),
          Quantity.short(reading.tokens),
        ] + Self.parts.map { Quantity.percent(reading.shares[$0] ?? 0) + " %" }
      })
    let legend =
      "\(questions) questions about as many videos, one at a time on \(threads) threads; "
      + "medians of time, means of the rest. Features are those of the data set, read or made: no encoder of pictures is timed."
    return ([budgets.aligned, "", answers.aligned, legend] + notes).joined(separator: "\n")
  }
}
