/// Shares out whole units in proportion to shares, the largest remainders first, ties to the first.
///
/// - Parameters:
///   - units: How many to share out.
///   - shares: Non-negative, one a taker; all equal where their sum is 0.
/// - Returns: One count a taker; their sum is `units`.
/// - Precondition: There is a taker.
package func largestRemainder(_ units: Int, shares: [Double]) -> [Int] {
  let sum = shares.reduce(0, +)
  let quotas = shares.map {
    sum > 0 ? Double(units) * $0 / sum : Double(units) / Double(shares.count)
  }
  var counts = quotas.map { Int($0) }
  let order = quotas.indices.sorted {
    let first = quotas[$0] - Double(counts[$0])
    let second = quotas[$1] - Double(counts[$1])
    return first > second || (first == second && $0 < $1)
  }
  for taker in order.prefix(units - counts.reduce(0, +)) { counts[taker] += 1 }
  return counts
}
