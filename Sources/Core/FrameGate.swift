/// Chooses frames by rows that a student computes of them itself, and says how its scores depend on those rows.
///
/// Other rules choose by features that were there before the student. This one is asked anew whenever the weights have moved, so
/// that what a loss says of the scores can reach the weights.
package protocol FrameGate: Sendable {
  /// Whether what is kept goes on multiplied by its scores.
  var setsGates: Bool { get }

  /// How many of `frames` frames are kept, 1 … F.
  func kept(of frames: Int) -> Int

  /// Chooses frames.
  ///
  /// - Parameters:
  ///   - rows: F·N·C numbers, row-major, in time order.
  ///   - tokensPerFrame: N.
  ///   - channels: C.
  /// - Returns: The kept frames; the same rows give the same.
  /// - Precondition: `rows` is a whole number of frames, and at least one.
  func choose(_ rows: [Double], tokensPerFrame: Int, channels: Int) -> GatedFrames

  /// The way back of the gates of `choose`, which frames are kept and which of them are special held fixed.
  ///
  /// - Parameters:
  ///   - slopes: ∂L/∂g, one a kept frame.
  ///   - rows: What was chosen from.
  ///   - tokensPerFrame: N.
  ///   - channels: C.
  /// - Returns: ∂L/∂rows, F·N·C numbers.
  func pullback(
    _ slopes: [Double], rows: [Double], tokensPerFrame: Int, channels: Int
  ) -> [Double]

  /// Floating-point operations of a choice.
  func flops(frames: Int, tokensPerFrame: Int, channels: Int) -> Double
}

/// Frames that were kept, and how much of each goes on.
package struct GatedFrames: Sendable, Hashable {
  /// The kept frames, ascending.
  package var indices: [Int]
  /// g: what the rows of each are multiplied by; `nil` where they go on as they are.
  package var gates: [Double]?

  /// Kept frames.
  package init(indices: [Int], gates: [Double]? = nil) {
    self.indices = indices
    self.gates = gates
  }
}
