import Core

/// The answers that can be written to prompts of one answer space, as a tree of tokens.
///
/// Nodes are numbered so that a parent comes before its children; node 0 is the empty prefix. Children form a linked list,
/// which is short: at most a digit's ten or a clip index's seventy-five.
struct AnswerTrie: Sendable {
  /// Every answer.
  let answers: [any Answer]

  /// The node at which each answer's encoding ends.
  private(set) var leaves: [Int32] = []

  /// The node before each node; the root is its own.
  private(set) var parents: [Int32] = [0]

  /// The token that leads to each node.
  private(set) var tokens: [Int32] = [-1]

  private var firstChild: [Int32] = [-1]
  private var nextSibling: [Int32] = [-1]

  /// The tree of every answer to a prompt.
  ///
  /// - Throws: What writing an answer throws.
  init(_ task: any EnumerableTask, to prompt: Prompt, in tokenizer: any Tokenizer) throws {
    answers = task.answers(to: prompt)
    leaves.reserveCapacity(answers.count)
    for answer in answers {
      var node: Int32 = 0
      for token in try task.write(answer, to: prompt, with: tokenizer) {
        node = child(of: node, token) ?? addChild(to: node, token)
      }
      leaves.append(node)
    }
  }

  /// How many prefixes there are.
  var nodes: Int { parents.count }

  /// The prefix one token longer, or `nil` if no answer continues so.
  func child(of node: Int32, _ token: Token) -> Int32? {
    var child = firstChild[Int(node)]
    while child >= 0 {
      if tokens[Int(child)] == Int32(truncatingIfNeeded: token) { return child }
      child = nextSibling[Int(child)]
    }
    return nil
  }

  /// Whether some answer goes on after a prefix.
  func hasChildren(_ node: Int32) -> Bool { firstChild[Int(node)] >= 0 }

  /// Calls `body` with each way an answer can go on after a prefix.
  func forEachChild(of node: Int32, _ body: (Int32) -> Void) {
    var child = firstChild[Int(node)]
    while child >= 0 {
      body(child)
      child = nextSibling[Int(child)]
    }
  }

  /// The sum of weights below each node, given the weight of each answer.
  ///
  /// - Complexity: O(answers + nodes).
  func masses(_ weights: [Double]) -> [Double] {
    var masses = [Double](repeating: 0, count: nodes)
    for (leaf, weight) in zip(leaves, weights) { masses[Int(leaf)] += weight }
    for node in stride(from: nodes - 1, to: 0, by: -1) {
      masses[Int(parents[node])] += masses[node]
    }
    return masses
  }

  private mutating func addChild(to node: Int32, _ token: Token) -> Int32 {
    let new = Int32(parents.count)
    parents.append(node)
    tokens.append(Int32(truncatingIfNeeded: token))
    nextSibling.append(firstChild[Int(node)])
    firstChild.append(-1)
    firstChild[Int(node)] = new
    return new
  }
}
