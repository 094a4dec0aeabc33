#if Engines
/// A prompt, a response to it, and the tokens whose log-probabilities matter at each position of the response.
package struct ScoredResponse: Sendable, Hashable {
  /// What the model reads first.
  package var prompt: [WireChunk]
  package var response: [Int]
  /// At each position of the response the tokens that are asked for, the response's own among them if it is wanted;
  /// equally many everywhere.
  package var targets: [[Int]]

  package init(prompt: [WireChunk], response: [Int], targets: [[Int]]? = nil) {
    self.prompt = prompt
    self.response = response
    self.targets = targets ?? response.map { [$0] }
  }

  /// Targets a position.
  package var width: Int { targets.first?.count ?? 1 }

  /// Whether each position has as many targets as the first, and there is a response at all.
  var isRectangular: Bool {
    !response.isEmpty && targets.count == response.count && width > 0
      && targets.allSatisfy { $0.count == width }
  }

  /// What is sent for one target a position: each input predicts the token after it.
  ///
  /// - Parameters:
  ///   - rank: Which of the targets.
  ///   - more: Values of the response's positions by name; zero before it.
  /// - Returns: A datum whose `weights` are one where the response is and zero before it.
  func datum(rank: Int, _ more: [(String, [Float])] = []) -> WireDatum {
    let before = prompt.length - 1
    let input = prompt + (response.count > 1 ? [.tokens(Array(response.dropLast()))] : [])
    let padding = [Float](repeating: 0, count: max(before, 0))
    let shifted = prompt.flatMap(\.tokensOrZeros).dropFirst()
    let ones = [Float](repeating: 1, count: response.count)
    return WireDatum(
      input: input.mergingTokens,
      lossInputs: [
        NamedTensor("target_tokens", WireTensor(Array(shifted) + targets.map { $0[rank] }))
      ]
        + ([("weights", ones)] + more).map { NamedTensor($0, WireTensor(padding + $1)) })
  }
}

extension WireChunk: Hashable {
  package func hash(into hasher: inout Hasher) {
    switch self {
    case .tokens(let tokens): hasher.combine(tokens)
    case .image(let image): hasher.combine(image.data)
    }
  }

  var isImage: Bool {
    guard case .image = self else { return false }
    return true
  }

  /// Positions of the input that it fills.
  var length: Int {
    switch self {
    case .tokens(let tokens): tokens.count
    case .image(let image): image.expectedTokens ?? 0
    }
  }

  /// Its tokens; a picture has none, so zeros stand where it is.
  var tokensOrZeros: [Int] {
    switch self {
    case .tokens(let tokens): tokens
    case .image(let image): Array(repeating: 0, count: image.expectedTokens ?? 0)
    }
  }
}

extension [WireChunk] {
  /// Positions of the input.
  var length: Int { reduce(0) { $0 + $1.length } }

  /// The same with neighbouring tokens in one chunk.
  var mergingTokens: [WireChunk] {
    reduce(into: []) { merged, chunk in
      if case .tokens(let more) = chunk, case .tokens(let tokens) = merged.last {
        merged[merged.count - 1] = .tokens(tokens + more)
      } else {
        merged.append(chunk)
      }
    }
  }
}
#endif
