public import Core
internal import Tensors

/// A prompt as rows of the decoder's input, features first.
public struct PromptRows: Sendable, Hashable {
  /// The feature rows, `featureRows · C` numbers.
  public var features: [Float]
  /// How many feature rows there are.
  public var featureRows: Int
  /// The tokens after them.
  public var tokens: [Token]
  /// The rotary position of each feature row; several rows may share one.
  public var featurePositions: [Int]
  /// The rotary position of the first token after the feature rows; each later token has the next one.
  public var firstTokenPosition: Int

  /// A prompt's rows.
  ///
  /// - Parameters:
  ///   - features: `featureRows · C` numbers.
  ///   - featureRows: How many feature rows there are.
  ///   - tokens: The tokens after them.
  ///   - featurePositions: The rotary position of each feature row; its place among them if left out.
  ///   - firstTokenPosition: Where tokens begin; after the feature rows if left out.
  /// - Precondition: There are as many positions as feature rows, and tokens begin after all of them.
  public init(
    features: [Float] = [], featureRows: Int = 0, tokens: [Token], featurePositions: [Int]? = nil,
    firstTokenPosition: Int? = nil
  ) {
    self.features = features
    self.featureRows = featureRows
    self.tokens = tokens
    self.featurePositions = featurePositions ?? Array(0..<featureRows)
    self.firstTokenPosition = firstTokenPosition ?? featureRows
    precondition(
      self.featurePositions.count == featureRows
        && self.featurePositions.allSatisfy { $0 < self.firstTokenPosition },
      "\(featureRows) feature rows cannot stand at \(self.featurePositions) before "
        + "\(self.firstTokenPosition).")
  }

  /// Rows in all.
  public var count: Int { featureRows + tokens.count }

  /// The rotary position of a response's first token.
  public var responsePosition: Int { firstTokenPosition + tokens.count }
}

/// A prompt with the responses that follow it, as a decoder reads them.
public struct Branch: Sendable, Hashable {
  /// What comes first, computed once for all responses.
  public var prompt: PromptRows
  /// The responses.
  public var responses: [[Token]]

  /// A prompt with responses.
  public init(prompt: PromptRows, responses: [[Token]]) {
    self.prompt = prompt
    self.responses = responses
  }
}

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
  /// Rows whose hidden state predicts something, ascending.
  private(set) var readRows: [Int] = []
  /// The same families with queries numbered within `readRows`.
  private(set) var readFamilies: [AttentionPlan<Scalar>.Family] = []
  /// For each branch and response, the entry of `readRows` that predicts each of its tokens.
  private(set) var predictors: [[[Int]]] = []
  /// The segment of each branch's prompt.
  private(set) var promptSegments: [Int] = []

  init(_ branches: [Branch]) {
    for branch in branches { append(branch) }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func append(_ branch: Branch) {
    let start = sources.count
    appendPrompt(branch.prompt)
    let length = sources.count - start
    let promptSegment = segments.count
    promptSegments.append(promptSegment)
    segments.append(start..<sources.count)
    families.append(
      .init(
        visible: [],
        members: [.init(queries: start..<sources.count, own: promptSegment, firstOwn: 0)]))
    let shared = readRows.count
    readRows.append(sources.count - 1)
    readFamilies.append(
      .init(
        visible: [],
        members: [
          .init(queries: shared..<shared + 1, own: promptSegment, firstOwn: length - 1)
        ]))
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

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func appendPrompt(_ prompt: PromptRows) {
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
    for i in 0..<inputs {
      sources.append(.token(response[i]))
      positions.append(position + i)
      readRows.append(first + i)
    }
    let segment = segments.count
    segments.append(first..<first + inputs)
    family.members.append(.init(queries: first..<first + inputs, own: segment, firstOwn: 0))
    readFamily.members.append(.init(queries: read..<read + inputs, own: segment, firstOwn: 0))
    return [shared] + (read..<read + inputs)
  }
}
