internal import Core
internal import Tensors

/// A prefix tree packed into rows: each prompt once, then its responses, ragged and without padding.
///
/// A response of T tokens needs T rows of hidden states to predict it: the prompt's last row for the first token (shared by
/// all responses) and the rows of its first T − 1 tokens for the others. Its last token is never an input.
struct PackedBatch<Scalar: Real> {
  private(set) var sources: [RowSource] = []
  private(set) var features: [Scalar] = []
  private(set) var featureRows = 0
  private(set) var positions: [Int] = []
  private(set) var segments: [Range<Int>] = []
  private(set) var families: [AttentionPlan<Scalar>.Family] = []
  /// Rows whose hidden state is read, ascending: those that predict, and where answers point at frames those of prompts.
  private(set) var readRows: [Int] = []
  /// The entries of `readRows` that predict something.
  private(set) var predicting: [Int] = []
  /// The branch of each of them.
  private(set) var predictingBranches: [Int] = []
  /// The same families with queries numbered within `readRows`.
  private(set) var readFamilies: [AttentionPlan<Scalar>.Family] = []
  /// For each branch and response, the entry of `predicting` that predicts each of its tokens.
  private(set) var predictors: [[[Int]]] = []
  /// The segment of each branch's prompt.
  private(set) var promptSegments: [Int] = []

  /// The entry of `readRows` of each feature row, where prompts are read.
  private(set) var featureEntries: [Int] = []
  /// The first feature row of each branch.
  private(set) var firstFeatures: [Int] = []
  /// What the first words of each branch stand for.
  private(set) var targets: [PointerPlan.Targets] = []

  /// Frames that are multiplied by what the decoder makes of all of them, with the feature row at which they begin.
  private(set) var gated: [(first: Int, rows: GatedRows)] = []

  /// Where each row stands that does not stand at one number along all axes; `positions` counts them from `firstSpot` on.
  private(set) var spots: [RotarySpot] = []
  private let firstSpot: Int
  private let promptSight: AttentionPlan<Scalar>.Sight
  private let readsPrompts: Bool

  /// - Parameters:
  ///   - branches: The prompts with their responses.
  ///   - firstSpot: How many positions text has.
  ///   - promptSight: Which rows of its prompt a row of a prompt sees.
  ///   - readsPrompts: Whether the hidden states of prompts are read, too.
  init(
    _ branches: [Branch], firstSpot: Int, promptSight: AttentionPlan<Scalar>.Sight,
    readsPrompts: Bool
  ) {
    self.firstSpot = firstSpot
    self.promptSight = promptSight
    self.readsPrompts = readsPrompts
    for branch in branches { append(branch) }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func append(_ branch: Branch) {
    let start = sources.count
    firstFeatures.append(featureRows)
    targets.append(branch.prompt.targets)
    if let rows = branch.prompt.gated { gated.append((featureRows + rows.before, rows)) }
    appendPrompt(branch.prompt)
    let (promptSegment, shared) = appendSegment(start..<sources.count)
    var family = AttentionPlan<Scalar>.Family(visible: [promptSegment], members: [])
    var readFamily = family
    predictors.append(
      branch.responses.map { response in
        appendResponse(response, at: branch.prompt.responsePosition, shared, &family, &readFamily)
      })
    if !family.members.isEmpty {
      families.append(family)
      readFamilies.append(readFamily)
    }
  }

  /// The segment of a prompt's rows and, within what predicts, its last row: it predicts every response's first token.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func appendSegment(_ rows: Range<Int>) -> (segment: Int, shared: Int) {
    let segment = segments.count
    promptSegments.append(segment)
    segments.append(rows)
    families.append(
      .init(
        visible: [],
        members: [.init(queries: rows, own: segment, firstOwn: 0, sight: promptSight)]))
    let read = readsPrompts ? rows : rows.upperBound - 1..<rows.upperBound
    let first = readRows.count
    readRows.append(contentsOf: read)
    readFamilies.append(
      .init(
        visible: [],
        members: [
          .init(
            queries: first..<readRows.count, own: segment,
            firstOwn: read.lowerBound - rows.lowerBound, sight: promptSight)
        ]))
    if readsPrompts {
      for (entry, row) in zip(first..., read) {
        if case .feature = sources[row] { featureEntries.append(entry) }
      }
    }
    return (segment, predict(readRows.count - 1, of: promptSegments.count - 1))
  }

  /// Notes that an entry of `readRows` predicts something.
  private mutating func predict(_ entry: Int, of branch: Int) -> Int {
    predicting.append(entry)
    predictingBranches.append(branch)
    return predicting.count - 1
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func appendPrompt(_ prompt: PromptRows) {
    if let places = prompt.featurePlaces { return appendPrompt(prompt, places) }
    for row in 0..<prompt.featureRows {
      positions.append(prompt.featurePositions[row])
      sources.append(.feature(featureRows + row))
    }
    featureRows += prompt.featureRows
    features.append(contentsOf: prompt.features.lazy.map { Scalar($0) })
    for (i, token) in prompt.tokens.enumerated() {
      positions.append(prompt.firstTokenPosition + i)
      sources.append(.token(token))
    }
  }

  /// A prompt whose feature rows stand in the places of tokens.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func appendPrompt(_ prompt: PromptRows, _ places: [Int]) {
    var waiting = places[...]
    for (i, token) in prompt.tokens.enumerated() {
      let isFeature = waiting.first == i
      sources.append(isFeature ? .feature(featureRows) : .token(token))
      if isFeature {
        waiting.removeFirst()
        featureRows += 1
      }
      let spot = prompt.spots.isEmpty ? RotarySpot(text: i) : prompt.spots[i]
      positions.append(spot.position ?? firstSpot + spots.count)
      if spot.position == nil { spots.append(spot) }
    }
    features.append(contentsOf: prompt.features.lazy.map { Scalar($0) })
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func appendResponse(
    _ response: [Token], at position: Int, _ shared: Int,
    _ family: inout AttentionPlan<Scalar>.Family, _ readFamily: inout AttentionPlan<Scalar>.Family
  ) -> [Int] {
    let inputs = response.count - 1
    guard inputs > 0 else { return Array(repeating: shared, count: response.count) }
    let first = sources.count
    let read = readRows.count
    let predicted = predicting.count
    for i in 0..<inputs {
      sources.append(.token(response[i]))
      positions.append(position + i)
      readRows.append(first + i)
      _ = predict(read + i, of: promptSegments.count - 1)
    }
    let segment = segments.count
    segments.append(first..<first + inputs)
    family.members.append(.init(queries: first..<first + inputs, own: segment, firstOwn: 0))
    readFamily.members.append(.init(queries: read..<read + inputs, own: segment, firstOwn: 0))
    return [shared] + (predicted..<predicted + inputs)
  }
}
