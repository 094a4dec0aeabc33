package import Core

/// How the N token rows of a frame are compared with those of the frame before.
public enum FeatureReading: String, Codable, Sendable, CaseIterable {
  /// The mean of the rows, one cosine a frame.
  case pooled
  /// One cosine a token, and their mean.
  case perToken
  /// All N·C numbers as one row, one cosine a frame.
  case flattened
}

/// What the first frame, which has no predecessor, is given as its variation.
package enum FirstFrame: String, Codable, Sendable, CaseIterable {
  /// 0: it is never kept before a frame that moves.
  case zero
  /// The variation of the second frame.
  case copy
  /// 0, and the frame is always kept.
  case keep
}

/// Norms below this count as this, so that a row of zeros has cosine 0 with everything, as in PyTorch.
let smallestNorm = 1e-8

/// How much each frame differs from the one before it: `s_t = 1 − cos(f_t, f_{t−1})`.
///
/// Works in double precision whatever the type of the features; it is what the fast single-precision path is checked
/// against. Identical frames give exactly 0.
///
/// - Parameters:
///   - values: F·N·C numbers, row-major.
///   - tokensPerFrame: N.
///   - channels: C.
///   - reading: How the N rows are compared.
///   - firstFrame: What frame 0 gets.
/// - Returns: F variations within 0 … 2.
/// - Precondition: `values` is a whole number of frames.
/// - Complexity: O(F·N·C).
///
/// Source: ChronoForge-RL, arXiv:2509.15800, §3.2.
package func variation<Value: BinaryFloatingPoint>(
  _ values: [Value], tokensPerFrame: Int, channels: Int, reading: FeatureReading,
  firstFrame: FirstFrame = .zero
) -> [Double] {
  let stride = tokensPerFrame * channels
  precondition(
    stride > 0 && values.count.isMultiple(of: stride),
    "\(values.count) features are not frames of \(tokensPerFrame) × \(channels).")
  var previous: [Double] = []
  var result: [Double] = []
  for start in Swift.stride(from: 0, to: values.count, by: stride) {
    let frame = values[start..<start + stride].map { Double($0) }
    let rows = reading == .pooled ? meanRow(frame, channels: channels) : frame
    let width = reading == .flattened ? stride : channels
    result.append(previous.isEmpty ? 0 : difference(rows, previous, width: width))
    previous = rows
  }
  if firstFrame == .copy, result.count > 1 { result[0] = result[1] }
  return result
}

/// The mean over rows of 1 − cosine.
private func difference(_ rows: [Double], _ others: [Double], width: Int) -> Double {
  var sum = 0.0
  for start in stride(from: 0, to: rows.count, by: width) {
    var dot = 0.0
    var square = 0.0
    var otherSquare = 0.0
    for index in start..<start + width {
      dot += rows[index] * others[index]
      square += rows[index] * rows[index]
      otherSquare += others[index] * others[index]
    }
    sum += 1 - cosine(dot: dot, square: square, otherSquare: otherSquare)
  }
  return sum / Double(rows.count / width)
}

/// The cosine of two rows from their product and squared norms.
///
/// One square root of the product of the squares, not a product of two roots: for identical rows it is exact, so a still
/// picture has exactly no variation.
func cosine(dot: Double, square: Double, otherSquare: Double) -> Double {
  let floor = smallestNorm * smallestNorm
  let product = max(square, floor) * max(otherSquare, floor)
  if product.isFinite, product > 0 { return dot / product.squareRoot() }
  return dot / max(square, floor).squareRoot() / max(otherSquare, floor).squareRoot()
}

/// The mean of a frame's rows.
func meanRow(_ frame: [Double], channels: Int) -> [Double] {
  var mean = [Double](repeating: 0, count: channels)
  for index in frame.indices { mean[index % channels] += frame[index] }
  let tokens = Double(frame.count / channels)
  for channel in mean.indices { mean[channel] /= tokens }
  return mean
}

extension FrameFeatures {
  /// How much each frame differs from the one before it.
  ///
  /// - Parameters:
  ///   - reading: How the token rows of a frame are compared.
  ///   - firstFrame: What frame 0 gets.
  /// - Returns: F variations within 0 … 2.
  /// - Complexity: O(F·N·C).
  package func variation(reading: FeatureReading, firstFrame: FirstFrame = .zero) -> [Double] {
    TAD.variation(
      values, tokensPerFrame: tokensPerFrame, channels: channels, reading: reading,
      firstFrame: firstFrame)
  }
}

/// The frames whose own score is the largest of the window around them, the first of equals.
///
/// The window is centred, moves by one frame and is cut off at both ends (padding of −∞).
///
/// - Parameters:
///   - scores: F scores.
///   - window: W, odd; with 1 every frame is an apex.
/// - Returns: The apexes, ascending.
/// - Precondition: `window` is odd and positive.
/// - Complexity: O(F·W), O(F) where most frames are not apexes.
///
/// Source: ChronoForge-RL, arXiv:2509.15800, §3.2.
package func apexes(of scores: [Double], window: Int) -> [Int] {
  precondition(window > 0 && window % 2 == 1, "A window of \(window) frames has no middle.")
  let reach = window / 2
  return scores.indices.filter { frame in
    let score = scores[frame]
    for before in max(0, frame - reach)..<frame where scores[before] >= score { return false }
    for after in frame..<min(scores.count, frame + reach + 1) where scores[after] > score {
      return false
    }
    return true
  }
}
