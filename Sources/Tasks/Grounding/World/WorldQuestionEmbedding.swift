/// Writes a question as one row in the space of the world's features, as a sentence encoder would.
///
/// Words are counted: those before "before" or "after" and these themselves, and those of the clause behind, each in
/// channels of its own. The channels of colours and shapes are the ones in which a frame says how much of that colour or
/// shape it shows, so the cosine of a row with a question means something.
enum WorldQuestionEmbedding {
  private static let main =
    WorldColour.allCases.map(\.rawValue) + WorldShape.allCases.map(\.rawValue)
    + WorldAction.allCases.map(\.rawValue) + World.relations

  private static let anchor =
    WorldColour.allCases.map(\.rawValue) + WorldShape.allCases.map(\.rawValue)
    + WorldAction.allCases.map(\.rawValue)

  /// How many channels it needs.
  static let width = main.count + anchor.count

  /// The row for a question, `WorldFeatures.channels` numbers.
  static func row(_ question: String) -> [Float] {
    let words = QueryText.words(question)
    let clause = words.firstIndex { $0 == "before" || $0 == "after" } ?? words.count
    var result = [Float](repeating: 0, count: WorldFeatures.channels)
    for (position, word) in words.enumerated() {
      if position <= clause {
        guard let channel = main.firstIndex(of: word) else { continue }
        result[channel] += 1
      } else if let channel = anchor.firstIndex(of: word) {
        result[main.count + channel] += 1
      }
    }
    return result
  }
}
