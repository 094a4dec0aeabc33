/// Which answer to give by the words of a question alone: a tree that asks for one word after another, each the one that tells
/// the answers apart best on the questions to learn from.
///
/// A word that says nothing about the answer is never asked for. Nearest questions by shared words, which this replaces, were led
/// astray by such words.
/// Source: Breiman et al., "Classification and regression trees", 1984, with the quality of the best answer as what is gained.
indirect enum WordTree {
  /// The best answer, by its place.
  case leaf(Int)
  /// A word, and where to go on with it and without it; and the best answer for both together.
  case branch(String, with: WordTree, without: WordTree, Int)

  /// With fewer questions on a side no word is asked for: their best answer would be chance.
  static let fewest = 8
  /// Words asked for, at most.
  static let deepest = 8

  /// A tree for questions.
  ///
  /// - Parameters:
  ///   - words: The words of each question.
  ///   - qualities: How good each answer is for each question.
  /// - Complexity: O(questions · words of a question · answers) a level.
  init(_ words: [Set<String>], _ qualities: [[Float]]) {
    self.init(words, qualities, Array(words.indices), depth: 0)
  }

  private init(_ words: [Set<String>], _ qualities: [[Float]], _ questions: [Int], depth: Int) {
    let all = Self.sums(qualities, questions)
    let best = Self.best(all)
    guard depth < Self.deepest, questions.count >= 2 * Self.fewest,
      let word = Self.split(words, qualities, questions, all)
    else {
      self = .leaf(best.place)
      return
    }
    let (own, others) = (
      questions.filter { words[$0].contains(word) }, questions.filter { !words[$0].contains(word) }
    )
    self = .branch(
      word, with: WordTree(words, qualities, own, depth: depth + 1),
      without: WordTree(words, qualities, others, depth: depth + 1), best.place)
  }

  /// The word whose two sides have the largest qualities of their best answers; `nil` where none gains anything.
  private static func split(
    _ words: [Set<String>], _ qualities: [[Float]], _ questions: [Int], _ all: [Float]
  ) -> String? {
    var places: [String: [Int]] = [:]
    for question in questions {
      for word in words[question] { places[word, default: []].append(question) }
    }
    var found: (word: String, gained: Float)?
    let whole = best(all).sum
    for (word, own) in places.sorted(by: { $0.key < $1.key })
    where own.count >= fewest && questions.count - own.count >= fewest {
      let sums = sums(qualities, own)
      let gained = best(sums).sum + best(zip(all, sums).map { $0 - $1 }).sum - whole
      if gained > max(found?.gained ?? 0, 1e-3) { found = (word, gained) }
    }
    return found?.word
  }

  private static func sums(_ qualities: [[Float]], _ questions: [Int]) -> [Float] {
    var sums = [Float](repeating: 0, count: qualities.first?.count ?? 0)
    for question in questions {
      for (place, quality) in qualities[question].enumerated() { sums[place] += quality }
    }
    return sums
  }

  private static func best(_ sums: [Float]) -> (place: Int, sum: Float) {
    var best = (place: 0, sum: sums.first ?? 0)
    for (place, sum) in sums.enumerated() where sum > best.sum { best = (place, sum) }
    return best
  }

  /// The best answer for all questions.
  var best: Int {
    switch self {
    case .leaf(let place), .branch(_, with: _, without: _, let place): place
    }
  }

  /// The best answer for a question of some words.
  func best(for words: Set<String>) -> Int {
    guard case .branch(let word, let own, let others, _) = self else { return best }
    return (words.contains(word) ? own : others).best(for: words)
  }
}
