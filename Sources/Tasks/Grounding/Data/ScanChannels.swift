package import Core

/// What a cheap scan of a video for a query says of each clip.
///
/// One cosine tells a clip from the others of its video only when all of them are known: what a student that sees one row after the
/// other would have to learn first is written into the row.
package enum ScanChannels {
  /// How many numbers a row has.
  package static let count = 7

  /// The numbers of each clip, F × 7, of its cosines with the query.
  ///
  /// 1. z: the cosine, over all clips of mean 0 and deviation 1
  /// 2. z̄₅: its mean over 5 clips, the ends repeated
  /// 3. z̄₉: the same over 9
  /// 4. s: z̄₅ less the threshold of `MaximumSumReader`, .6 of the way from its least to its largest
  /// 5. s where it is above 0, else 0
  /// 6. the change of z̄₅ from the clip before to the one after
  /// 7. the sum of s up to the clip, divided by √F
  ///
  /// - Parameter cosines: F numbers, −1 … 1.
  /// - Returns: F · 7 numbers, row-major.
  /// - Complexity: O(F).
  package static func rows(_ cosines: [Double]) -> [Float] {
    let z = standardised(cosines)
    let short = smoothed(z, over: 5)
    let long = smoothed(z, over: 9)
    let low = short.min() ?? 0
    let threshold = low + MaximumSumReader().level * ((short.max() ?? 0) - low)
    let root = Double(max(1, z.count)).squareRoot()
    var sum = 0.0
    return z.indices.flatMap { place -> [Float] in
      let above = short[place] - threshold
      let change = short[min(place + 1, z.count - 1)] - short[max(place - 1, 0)]
      sum += above
      return [z[place], short[place], long[place], above, max(0, above), change, sum / root]
        .map { Float($0) }
    }
  }

  /// Numbers with mean 0 and deviation 1; zeros where all are alike.
  private static func standardised(_ values: [Double]) -> [Double] {
    let count = Double(max(1, values.count))
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    // Cosines are known to about 1e-7: what spreads less is rounding.
    guard variance > 1e-12 else { return values.map { _ in 0 } }
    return values.map { ($0 - mean) / variance.squareRoot() }
  }

  /// The moving mean over an odd number of neighbours, the ends repeated.
  static func smoothed(_ curve: [Double], over window: Int) -> [Double] {
    let reach = window / 2
    return curve.indices.map { index in
      let around = (index - reach...index + reach).map {
        curve[min(max(0, $0), curve.count - 1)]
      }
      return around.reduce(0, +) / Double(window)
    }
  }
}

extension FrameFeatures {
  /// The seven channels of a scan for `query` in place of the features, a row a frame; features made so know the query.
  ///
  /// - Precondition: `query` has C numbers.
  package func scanned(for query: [Float]) -> FrameFeatures {
    let cosines = pooled().cosines(with: query, afterFeatures: false)
    return FrameFeatures(
      values: ScanChannels.rows(cosines.values.map { Double($0) }), tokensPerFrame: 1,
      channels: ScanChannels.count, timestamps: timestamps, duration: duration, captions: captions)
  }
}
