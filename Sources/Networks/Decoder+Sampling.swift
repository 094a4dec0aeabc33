package import Core
package import Tensors

/// One sampled response.
package struct Sample: Sendable, Hashable {
  /// Its tokens, the end token included where it was drawn.
  package var tokens: [Token]
  /// log π of each token at the sampling temperature, nats.
  package var logProbabilities: [Float]
  /// Whether an end token was drawn.
  package var ended: Bool
}

extension Decoder {
  /// Samples responses to prompts, all together.
  ///
  /// Each prompt is computed once; all its responses grow together, one token a step, and leave when they end.
  ///
  /// - Parameters:
  ///   - prompts: The prompts.
  ///   - seeds: For each prompt, one seed a response.
  ///   - temperature: What logits are divided by; 0 takes the most likely token.
  ///   - filter: Which tokens may be drawn; all if `nil`.
  ///   - ends: The tokens that end a response; none lets all grow to the limit.
  ///   - maximumLength: The most tokens of a response.
  ///   - tape: A tape bound to weights of this shape.
  ///   - watch: Gets each token as it is drawn, with the number of its response among all, and says whether that goes on.
  /// - Returns: For each prompt, its responses in the order of their seeds.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func sample(
    _ prompts: [PromptRows], seeds: [[Seed]], temperature: Double,
    filter: SamplingFilter? = nil, ends: Set<Token>, maximumLength: Int, on tape: Tape<Scalar>,
    watching watch: (_ response: Int, Token) -> Bool = { _, _ in true }
  ) -> [[Sample]] {
    let batch = packed(prompts.map { Branch(prompt: $0, responses: []) })
    let responses = seeds.reduce(0) { $0 + $1.count }
    var caches: [DecodingCache<Scalar>] = []
    let hidden = prefill(batch, responses: responses, length: maximumLength, &caches, on: tape)
    var growing = Growing(prompts, seeds, promptSegments: batch.promptSegments, filter: filter)
    let keys = keys(hidden, of: batch, on: tape)
    // The prompts' last rows predict every response's first token.
    var logits = logits(
      tape.gather(hidden, rows: growing.liveBranches.map { batch.predicting[$0] }), keys: keys,
      pointing(batch, branches: growing.liveBranches), on: tape)
    for length in 1...maximumLength {
      growing.take(tape, logits, temperature: temperature, ends: ends, watch)
      if length == maximumLength || growing.live.isEmpty { break }
      logits = tape.transient {
        self.logits(
          step(growing, caches, on: tape), keys: keys,
          pointing(batch, branches: growing.liveBranches), on: tape)
      }
    }
    return growing.collected(seeds.map(\.count))
  }

  /// The prompts' pass: keys and values of every layer into caches, hidden states of the prompts' last rows out.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func prefill(
    _ batch: PackedBatch<Scalar>, responses: Int, length: Int,
    _ caches: inout [DecodingCache<Scalar>], on tape: Tape<Scalar>
  ) -> Variable {
    hidden(batch, on: tape) { keyValue, plan in
      caches.append(tape.cache(keyValue, plan: plan, responses: responses, length: length))
    }
  }

  /// One token of every growing response: hidden states after the last norm.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func step(
    _ growing: Growing, _ caches: [DecodingCache<Scalar>], on tape: Tape<Scalar>
  ) -> Variable {
    let rows = growing.rows
    var x = tape.compose(
      growing.live.map { .token(growing.tokens[$0].last ?? 0) }, projected: nil, table: embedding)
    for (layer, cache) in zip(layers, caches) {
      x = apply(layer, to: x, reading: nil, on: tape) { query, keyValue in
        tape.attention(query: query, keyValue: keyValue, cache: cache, step: rows)
      }
    }
    return tape.rmsNorm(x, norm, epsilon: configuration.normEpsilon)
  }
}

/// Responses while they grow.
private struct Growing {
  private(set) var tokens: [[Token]] = []
  private(set) var live: [Int] = []
  private(set) var branch: [Int] = []
  private var logProbabilities: [[Float]] = []
  private var ended: [Bool] = []
  private var generators: [SeededGenerator] = []
  private let promptSegments: [Int]
  private let positions: [Int]
  private let filter: SamplingFilter?

  init(
    _ prompts: [PromptRows], _ seeds: [[Seed]], promptSegments: [Int], filter: SamplingFilter?
  ) {
    self.promptSegments = promptSegments
    self.filter = filter
    positions = prompts.map(\.responsePosition)
    for (index, own) in seeds.enumerated() {
      for seed in own {
        generators.append(seed.generator())
        branch.append(index)
      }
    }
    tokens = Array(repeating: [], count: generators.count)
    logProbabilities = Array(repeating: [], count: generators.count)
    ended = Array(repeating: false, count: generators.count)
    live = Array(generators.indices)
  }

  /// The prompt of each live response.
  var liveBranches: [Int] { live.map { branch[$0] } }

  /// Where each live response stands when its last token is fed back.
  var rows: [DecodingRow] {
    live.map { index in
      let fed = tokens[index].count - 1
      return DecodingRow(
        response: index, ancestors: [promptSegments[branch[index]]],
        position: positions[branch[index]] + fed, fed: fed)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func take<Scalar: Real>(
    _ tape: Tape<Scalar>, _ logits: Variable, temperature: Double, ends: Set<Token>,
    _ watch: (_ response: Int, Token) -> Bool
  ) {
    var unwanted: Set<Int> = []
    let uniforms = live.map { generators[$0].uniform() }
    let draws = tape.draw(
      logits, temperature: temperature, uniforms: uniforms,
      restrict: filter.map { filter in { filter.restrict(&$0) } })
    for (index, draw) in zip(live, draws) {
      tokens[index].append(draw.column)
      if !watch(index, draw.column) { unwanted.insert(index) }
      logProbabilities[index].append(Float(draw.logProbability))
      ended[index] = ends.contains(draw.column)
    }
    live.removeAll { ended[$0] || unwanted.contains($0) }
  }

  func collected(_ counts: [Int]) -> [[Sample]] {
    var next = 0
    return counts.map { count in
      defer { next += count }
      return (next..<next + count).map {
        Sample(tokens: tokens[$0], logProbabilities: logProbabilities[$0], ended: ended[$0])
      }
    }
  }
}
