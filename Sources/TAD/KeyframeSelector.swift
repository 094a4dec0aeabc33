public import Core

/// What a selection cost and where it looked.
public struct SelectionCost: Sendable, Hashable, Codable {
  /// Frames whose features were read.
  public var framesScanned: Int

  /// Floating-point operations.
  public var flops: Double

  /// A cost.
  public init(framesScanned: Int, flops: Double) {
    self.framesScanned = framesScanned
    self.flops = flops
  }
}

/// The frames a selector kept, with why.
public struct KeyframeSelection: Sendable, Hashable {
  /// The kept frames, ascending, without repetition.
  public var indices: [Int]

  /// What the selector ranked by, a score for each frame of the video, kept or not; empty where it ranks nothing.
  public var scores: [Double]

  /// The frames that are local maxima of the variation, ascending; empty where the selector has no such notion.
  public var apexes: [Int]

  /// What it cost.
  public var cost: SelectionCost

  /// What the rows of each kept frame are multiplied by on their way into the student, one a kept frame, so that gradients
  /// reach the scores; `nil` where the rows go in as they are.
  public var gates: [Double]?

  /// A selection.
  public init(
    indices: [Int], scores: [Double] = [], apexes: [Int] = [],
    cost: SelectionCost = SelectionCost(framesScanned: 0, flops: 0), gates: [Double]? = nil
  ) {
    self.indices = indices
    self.scores = scores
    self.apexes = apexes
    self.cost = cost
    self.gates = gates
  }
}

/// Chooses which frames of a video a policy gets to see.
///
/// Selections are in time order, without repetition and within bounds; a given seed gives a given selection.
public protocol KeyframeSelector: Sendable {
  /// Whether it looks at the question; such a selector scans the video once a question, not once a video.
  var looksAtQuery: Bool { get }

  /// How much of a video it reads; `features` unless it says so.
  var reads: FrameDetail { get }

  /// Chooses frames for each prompt from its evidence.
  ///
  /// - Parameters:
  ///   - prompts: Questions with all their frames; `keyframes` is ignored.
  ///   - seed: The stream of selectors that draw; others ignore it.
  /// - Returns: One selection a prompt.
  /// - Throws: `KeyframeError` where a prompt cannot be used, or what asking somebody else throws.
  func select(_ prompts: [Prompt], seed: Seed) async throws -> [KeyframeSelection]

  /// Chooses frames of a video that was read once and not kept.
  ///
  /// - Parameters:
  ///   - curves: How its frames differ.
  ///   - prompt: The question; its `evidence` has times, and features only for a selector that reads them.
  ///   - seed: The stream of selectors that draw.
  /// - Returns: The selection; unless a selector that reads curves says otherwise, that of `select(_:seed:)`.
  /// - Throws: As `select(_:seed:)`.
  func select(curves: FrameCurves, of prompt: Prompt, seed: Seed) async throws -> KeyframeSelection
}

extension KeyframeSelector {
  /// Features.
  public var reads: FrameDetail { .features }

  /// By what the prompt says alone.
  public func select(
    curves: FrameCurves, of prompt: Prompt, seed: Seed
  ) async throws -> KeyframeSelection { try await select([prompt], seed: seed)[0] }
}
