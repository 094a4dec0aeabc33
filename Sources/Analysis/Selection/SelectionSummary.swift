internal import Records
internal import Statistics

/// What became of the candidates of one round, counted.
package struct SelectionSummary: Sendable, Encodable {
  /// Why candidates are in or out, numbers left out.
  package struct Reason: Sendable, Hashable, Encodable {
    package var reason: String
    package var taken: Bool
    package var count: Int
  }

  /// How many candidates there were.
  package let candidates: Int
  /// How many passed every gate.
  package let admitted: Int
  /// How many were taken.
  package let taken: Int
  /// Why, most frequent first.
  package let reasons: [Reason]
  /// How well the gates found what was planted; `nil` where nobody planted anything.
  package let planted: PlantedCheck?
  /// Where the disagreement of those taken and those left lies; `nil` where nobody measured it.
  package let histogram: DisagreementHistogram?

  /// The lines of one round, counted.
  package init(_ lines: [SelectionLine]) {
    candidates = lines.count
    admitted = lines.count(where: \.admitted)
    taken = lines.count(where: \.taken)
    let groups = Dictionary(grouping: lines) {
      Reason(reason: $0.shortReason, taken: $0.taken, count: 0)
    }
    reasons = groups.map { Reason(reason: $0.reason, taken: $0.taken, count: $1.count) }
      .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    planted = PlantedCheck(lines)
    histogram = DisagreementHistogram(lines)
  }
}

/// How well the gates of a curriculum keep out the prompts on which the teacher was made wrong on purpose.
package struct PlantedCheck: Sendable, Hashable, Encodable {
  /// Prompts on which the teacher is wrong on purpose.
  package var planted = 0
  /// Prompts that the gates kept out.
  package var refused = 0
  /// Those that are both.
  package var found = 0
  /// Planted prompts that were taken all the same.
  package var taken = 0

  /// Nothing counted yet.
  package init() {}

  /// Counts the lines of a round, or of several; `nil` where none says whether it was planted.
  package init?(_ lines: [SelectionLine]) {
    guard lines.contains(where: { $0.planted != nil }) else { return nil }
    for line in lines {
      let isPlanted = line.planted == true
      planted += isPlanted ? 1 : 0
      refused += line.admitted ? 0 : 1
      found += isPlanted && !line.admitted ? 1 : 0
      taken += isPlanted && line.taken ? 1 : 0
    }
  }

  /// The share of those kept out that were planted; `nil` where none was kept out.
  package var precision: Double? { refused > 0 ? Double(found) / Double(refused) : nil }

  /// The share of the planted that were kept out; `nil` where nothing was planted.
  package var recall: Double? { planted > 0 ? Double(found) / Double(planted) : nil }

  private enum CodingKeys: String, CodingKey {
    case planted, refused, found, taken, precision, recall
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(planted, forKey: .planted)
    try container.encode(refused, forKey: .refused)
    try container.encode(found, forKey: .found)
    try container.encode(taken, forKey: .taken)
    try container.encodeIfPresent(precision, forKey: .precision)
    try container.encodeIfPresent(recall, forKey: .recall)
  }
}

/// How disagreement is spread over the candidates of a round, in bins of equal width.
package struct DisagreementHistogram: Sendable, Hashable, Encodable {
  /// A bin: from its lower edge to below its upper one; the last bin includes its upper edge.
  package struct Bin: Sendable, Hashable, Encodable {
    package var lower: Double
    package var upper: Double
    package var taken = 0
    package var left = 0
  }

  /// The bins, ascending.
  package private(set) var bins: [Bin]

  /// Ten bins over the measured range; `nil` where nothing was measured.
  package init?(_ lines: [SelectionLine], count: Int = 10) {
    let measured = lines.compactMap { line in line.disagreement.map { (line.taken, $0) } }
    guard let low = measured.map(\.1).min(), let high = measured.map(\.1).max() else { return nil }
    let width = (high - low) / Double(count)
    // The difference of two finite numbers may be infinite.
    guard width > 0, width.isFinite else {
      let taken = measured.count { $0.0 }
      bins = [Bin(lower: low, upper: high, taken: taken, left: measured.count - taken)]
      return
    }
    bins = (0..<count).map {
      Bin(lower: low + width * Double($0), upper: low + width * Double($0 + 1))
    }
    for (taken, value) in measured {
      let place = min(count - 1, Int((value - low) / width))
      if taken { bins[place].taken += 1 } else { bins[place].left += 1 }
    }
  }
}
