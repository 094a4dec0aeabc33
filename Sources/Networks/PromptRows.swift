package import Core
package import Tensors

/// A prompt as rows of the decoder's input: features first, or in the places of tokens that stand for them.
package struct PromptRows: Sendable, Hashable {
  /// The feature rows, `featureRows · C` numbers.
  package var features: [Float]
  /// How many feature rows there are.
  package var featureRows: Int
  /// The tokens after them; with `featurePlaces` all tokens, those that stand for feature rows among them.
  package var tokens: [Token]
  /// Which tokens the feature rows stand in the place of, ascending; `nil` where they come before all tokens.
  package var featurePlaces: [Int]?
  /// Where each token stands in time, row and column of a picture; empty where its place in line is all there is.
  package var spots: [RotarySpot] = []
  /// What the first words of answers stand for, counted in feature rows; nothing where answers point at nothing.
  package var targets = PointerPlan.Targets()
  /// How much of its frames goes on, where the decoder's own rows decide it; `nil` where all does.
  package var gated: GatedRows?
  /// The rotary position of each feature row; several rows may share one.
  package var featurePositions: [Int]
  /// The rotary position of the first token after the feature rows; each later token has the next one.
  package var firstTokenPosition: Int

  /// A prompt's rows.
  ///
  /// - Parameters:
  ///   - features: `featureRows · C` numbers.
  ///   - featureRows: How many feature rows there are.
  ///   - tokens: The tokens after them.
  ///   - featurePositions: The rotary position of each feature row; its place among them if left out.
  ///   - firstTokenPosition: Where tokens begin; after the feature rows if left out.
  /// - Precondition: There are as many positions as feature rows, and tokens begin after all of them.
  package init(
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

  /// A prompt with rows of pictures in the places of some tokens.
  ///
  /// - Parameters:
  ///   - tokens: All tokens.
  ///   - places: The tokens in whose places the pictures' rows stand, ascending.
  ///   - features: The rows, `places.count · d` numbers; none where the pass makes them itself.
  ///   - spots: Where each token stands; its place in line if left out.
  ///   - responsePosition: Where a response begins; after the tokens if left out.
  /// - Precondition: Places are those of tokens, and there is a spot a token or none.
  package init(
    tokens: [Token], places: [Int], features: [Float] = [], spots: [RotarySpot] = [],
    responsePosition: Int? = nil
  ) {
    precondition(
      places.allSatisfy(tokens.indices.contains) && [0, tokens.count].contains(spots.count),
      "\(places.count) places and \(spots.count) spots do not fit \(tokens.count) tokens.")
    self.features = features
    self.tokens = tokens
    self.spots = spots
    featureRows = places.count
    featurePlaces = places
    featurePositions = []
    firstTokenPosition = (responsePosition ?? tokens.count) - tokens.count
  }

  /// Rows in all.
  package var count: Int { (featurePlaces == nil ? featureRows : 0) + tokens.count }

  /// The rotary position of a response's first token.
  package var responsePosition: Int { firstTokenPosition + tokens.count }
}

/// A prompt with the responses that follow it, as a decoder reads them.
package struct Branch: Sendable, Hashable {
  /// What comes first, computed once for all responses.
  package var prompt: PromptRows
  /// The responses.
  package var responses: [[Token]]

  /// A prompt with responses.
  package init(prompt: PromptRows, responses: [[Token]]) {
    self.prompt = prompt
    self.responses = responses
  }
}

/// Where a row stands along the axes of a picture or a video.
///
/// Source: Wang et al., "Qwen2-VL", arXiv:2409.12191, §2.1, "multimodal rotary position embedding".
package struct RotarySpot: Sendable, Hashable {
  /// Its step in time.
  package var time: Int
  /// How far down it is.
  package var row: Int
  /// How far right it is.
  package var column: Int

  /// A spot.
  package init(time: Int, row: Int, column: Int) {
    self.time = time
    self.row = row
    self.column = column
  }

  /// Where text stands: at the same number along all axes.
  package init(text position: Int) { self.init(time: position, row: position, column: position) }

  /// The number along all axes, where it is one.
  var position: Int? { time == row && row == column ? time : nil }
}
