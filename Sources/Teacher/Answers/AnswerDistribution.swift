import Foundation
package import Core

/// What a teacher believes about one prompt: a probability for each answer that can be written, and from it the
/// probability of each next token after any prefix.
///
/// `q(v | prefix) = (1−ε)·mass(prefix+v)/mass(prefix) + ε/V`, where `mass` is the probability of all answers whose encoding
/// begins so. After a complete answer, or a prefix that no answer agrees with (or whose mass underflows), q is uniform.
package struct AnswerDistribution: Sendable {
  let trie: AnswerTrie
  let weights: [Double]
  let masses: [Double]
  let vocabularySize: Int
  let offGridMass: Double

  init(trie: AnswerTrie, weights: [Double], vocabularySize: Int, offGridMass: Double) {
    self.trie = trie
    self.weights = weights
    self.vocabularySize = vocabularySize
    self.offGridMass = offGridMass
    masses = trie.masses(weights)
  }

  /// Each answer with its probability, in the order in which the task lists them; sums to 1.
  package var answers: [ScoredAnswer] {
    zip(trie.answers, weights).map { ScoredAnswer($0, confidence: $1) }
  }

  /// The most probable answer; the first of equals.
  package var best: (any Answer)? {
    weights.indices.max { weights[$0] < weights[$1] || (weights[$0] == weights[$1] && $0 > $1) }
      .map { trie.answers[$0] }
  }

  /// The probability of every next token after a prefix; sums to 1.
  ///
  /// - Returns: V probabilities.
  package func probabilities(after prefix: [Token]) -> [Double] {
    var node: Int32? = 0
    for token in prefix { node = node.flatMap { trie.child(of: $0, token) } }
    var row = [Double](repeating: rest(after: node), count: vocabularySize)
    forEachContinuation(of: node) { token, probability in row[token] = probability }
    return row
  }

  /// The nodes from which each token of a response is drawn; `nil` where the grid was left before.
  func path(_ response: [Token]) -> [Int32?] {
    var node: Int32? = 0
    return response.map { token in
      defer { node = node.flatMap { trie.child(of: $0, token) } }
      return node
    }
  }

  /// log q of each token of a response.
  func sampled(_ response: [Token], along path: [Int32?]) -> [Float] {
    zip(response, path).map { token, node in
      guard let node = onGrid(node), let child = trie.child(of: node, token) else {
        return Float(log(rest(after: node)))
      }
      return Float(log(probability(of: child, after: node)))
    }
  }

  /// The k most likely tokens after a node, most likely first, lower numbers first among equals.
  func top(_ k: Int, after node: Int32?) -> [ScoredToken] {
    var found: [(token: Token, probability: Double)] = []
    forEachContinuation(of: node) { found.append(($0, $1)) }
    found.sort { ($0.probability, $1.token) > ($1.probability, $0.token) }
    let listed = Set(found.map(\.token))
    let rest = rest(after: node)
    var token = 0
    while found.count < min(k, vocabularySize) {
      if !listed.contains(token) { found.append((token, rest)) }
      token += 1
    }
    return found.prefix(k).map { ScoredToken($0.token, Float(log($0.probability))) }
  }

  /// Writes log q of every token after a node.
  func write(after node: Int32?, into row: inout ArraySlice<Float>) {
    let rest = Float(log(rest(after: node)))
    for index in row.indices { row[index] = rest }
    let base = row.startIndex
    forEachContinuation(of: node) { row[base + $0] = Float(log($1)) }
  }

  /// ε/V: what every token gets while the answer is on the grid.
  private var uniform: Double { offGridMass / Double(vocabularySize) }

  /// The node itself if some answer goes on from there with a probability above 0.
  private func onGrid(_ node: Int32?) -> Int32? {
    guard let node, masses[Int(node)] > 0, trie.hasChildren(node) else { return nil }
    return node
  }

  /// The probability of a token that no answer goes on with.
  private func rest(after node: Int32?) -> Double {
    onGrid(node) == nil ? 1 / Double(vocabularySize) : uniform
  }

  private func probability(of child: Int32, after node: Int32) -> Double {
    (1 - offGridMass) * masses[Int(child)] / masses[Int(node)] + uniform
  }

  /// Calls `body` with each token some answer goes on with; not at all where there is none.
  private func forEachContinuation(of node: Int32?, _ body: (Token, Double) -> Void) {
    guard let node = onGrid(node) else { return }
    trie.forEachChild(of: node) { child in
      body(Int(trie.tokens[Int(child)]), probability(of: child, after: node))
    }
  }
}
