package import Core

/// TAD on rows that a student computes itself, with the gradient of its scores in them.
///
/// `s'_t = β_t·s_t` (or `s_t + ω`) with `s_t = 1 − cos(f_t, f_{t−1})`, so with n̂ = max(‖f‖, 1e-8)
///
///     ∂cos(a, b)/∂a = b/(n̂_a·n̂_b) − [‖a‖ ≥ 1e-8]·cos(a, b)·a/‖a‖²
///
/// and the same for b. Which frames are kept and which are apexes has no gradient: both are constant but for jumps.
extension TemporalApexDistillation: FrameGate {
  /// As `straightThrough` says.
  package var setsGates: Bool { parameters.straightThrough }

  /// K.
  package func kept(of frames: Int) -> Int { parameters.kept(of: frames) }

  /// The frames that TAD keeps; gates are their scores where `straightThrough` says so.
  package func choose(_ rows: [Double], tokensPerFrame: Int, channels: Int) -> GatedFrames {
    let found = select(variation: steps(rows, tokensPerFrame, channels))
    return GatedFrames(indices: found.indices, gates: found.gates)
  }

  /// The gradient of the kept frames' scores in the rows.
  package func pullback(
    _ slopes: [Double], rows: [Double], tokensPerFrame: Int, channels: Int
  ) -> [Double] {
    let (_, found, kept) = ranked(steps(rows, tokensPerFrame, channels))
    let apexes = Set(found)
    precondition(slopes.count == kept.count, "\(slopes.count) slopes of \(kept.count) frames.")
    var steps = [Double](repeating: 0, count: rows.count / (tokensPerFrame * channels))
    let boost = parameters.boost == .multiply ? parameters.omega : 1
    for (frame, slope) in zip(kept, slopes) {
      steps[frame] += (apexes.contains(frame) ? boost : 1) * slope
    }
    // The first frame has no step of its own: it has the second one's, or none.
    if parameters.firstFrame == .copy, steps.count > 1 { steps[1] += steps[0] }
    return variationPullback(
      steps, values: rows, tokensPerFrame: tokensPerFrame, channels: channels,
      reading: parameters.features)
  }

  /// One pass over the rows.
  package func flops(frames: Int, tokensPerFrame: Int, channels: Int) -> Double {
    cost(frames: frames, tokensPerFrame: tokensPerFrame, channels: channels).flops
  }

  /// s of each frame; 0 where weights have made of it no number, which the loss will tell.
  private func steps(_ rows: [Double], _ tokensPerFrame: Int, _ channels: Int) -> [Double] {
    variation(
      rows, tokensPerFrame: tokensPerFrame, channels: channels, reading: parameters.features,
      firstFrame: parameters.firstFrame
    ).map { $0.isFinite ? $0 : 0 }
  }
}

/// The way back of `variation`.
///
/// - Parameters:
///   - slopes: ∂L/∂s, one a frame; that of frame 0 is not read.
///   - values: F·N·C numbers, row-major.
///   - tokensPerFrame: N.
///   - channels: C.
///   - reading: How the N rows are compared.
/// - Returns: ∂L/∂values.
/// - Complexity: O(F·N·C).
func variationPullback(
  _ slopes: [Double], values: [Double], tokensPerFrame: Int, channels: Int,
  reading: FeatureReading
) -> [Double] {
  let stride = tokensPerFrame * channels
  let width = reading == .flattened ? stride : channels
  var result = [Double](repeating: 0, count: values.count)
  func rows(_ frame: Int) -> [Double] {
    let own = Array(values[frame * stride..<(frame + 1) * stride])
    return reading == .pooled ? meanRow(own, channels: channels) : own
  }
  // A mean's slope goes to each of its rows in equal shares.
  let copies = reading == .pooled ? tokensPerFrame : 1
  func add(_ slopes: [Double], times share: Double, at start: Int) {
    for index in 0..<slopes.count * copies {
      result[start + index] += share * slopes[index % slopes.count] / Double(copies)
    }
  }
  for frame in slopes.indices.dropFirst() where slopes[frame] != 0 {
    let (now, before) = (rows(frame), rows(frame - 1))
    // s is the mean over the rows of 1 − cos.
    let share = -slopes[frame] * Double(width) / Double(now.count)
    for start in Swift.stride(from: 0, to: now.count, by: width) {
      let slopes = cosineSlopes(now[start..<start + width], before[start..<start + width])
      add(slopes.own, times: share, at: frame * stride + start)
      add(slopes.other, times: share, at: (frame - 1) * stride + start)
    }
  }
  return result
}

/// ∂cos(a, b)/∂a and ∂cos(a, b)/∂b; 0 where norms are beyond what numbers hold.
private func cosineSlopes(
  _ a: ArraySlice<Double>, _ b: ArraySlice<Double>
) -> (own: [Double], other: [Double]) {
  let floor = smallestNorm * smallestNorm
  var (dot, square, otherSquare) = (0.0, 0.0, 0.0)
  for (x, y) in zip(a, b) {
    dot += x * y
    square += x * x
    otherSquare += y * y
  }
  let cosine = cosine(dot: dot, square: square, otherSquare: otherSquare)
  let norms = max(square, floor).squareRoot() * max(otherSquare, floor).squareRoot()
  guard cosine.isFinite, norms.isFinite else {
    return (a.map { _ in 0 }, b.map { _ in 0 })
  }
  func slopes(
    _ own: ArraySlice<Double>, _ square: Double, _ other: ArraySlice<Double>
  ) -> [Double] {
    // A row shorter than the floor is divided by a constant.
    let turn = square > floor ? cosine / square : 0
    return zip(own, other).map { $1 / norms - turn * $0 }
  }
  return (slopes(a, square, b), slopes(b, otherSquare, a))
}
