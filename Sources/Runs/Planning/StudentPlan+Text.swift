#if Engines
package import Records
internal import Student

extension StudentPlan {
  /// A row a stage, with the sum last.
  package var table: TextTable {
    var sum = Part(name: "sum")
    for part in parts {
      sum.costs = sum.costs + part.costs
      sum.bytes += part.bytes
      sum.flops += part.flops
    }
    return TextTable(
      header: [
        "at most", "requests", "read", "sampled", "scored", "trained", "bytes", "FLOPs", "price",
      ],
      rows: (parts + [sum]).map { part in
        let costs = part.costs
        let counts = [
          costs.requests, costs.promptTokens, costs.sampledTokens, costs.scoredTokens,
          costs.trainedTokens,
        ].map { "\($0)" }
        return [part.name] + counts
          + [
            "\(Int(part.bytes))", part.flops > 0 ? Self.short(part.flops) : "–",
            Self.price(costs.price),
          ]
      })
  }

  private static func price(_ value: Double) -> String {
    value > 0 ? "\((value * 10_000).rounded() / 10_000)" : "–"
  }

  private static func short(_ value: Double) -> String {
    var (digits, exponent) = (value, 0)
    while digits >= 10 { (digits, exponent) = (digits / 10, exponent + 1) }
    return "\((digits * 10).rounded() / 10)e\(exponent)"
  }
}
#endif
