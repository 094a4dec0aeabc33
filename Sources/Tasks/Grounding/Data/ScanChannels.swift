package import Core
internal import Foundation

/// What a cheap scan of a video for a query says of each clip.
///
/// One cosine tells a clip from the others of its video only when all of them are known: what a student that sees one row after the
/// other would have to learn first is written into the row.
package enum ScanChannels {
  /// How many numbers a row has.
  package static let count = 10

  /// The first seven numbers of each clip, of its cosines with the query.
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
  /// - Returns: F rows of 7 numbers.
  /// - Complexity: O(F).
  static func ofCosines(_ cosines: [Double]) -> [[Double]] {
    let z = standardised(cosines)
    let short = smoothed(z, over: 5)
    let long = smoothed(z, over: 9)
    let low = short.min() ?? 0
    let threshold = low + MaximumSumReader().level * ((short.max() ?? 0) - low)
    let root = Double(max(1, z.count)).squareRoot()
    var sum = 0.0
    return z.indices.map { place in
      let above = short[place] - threshold
      let change = short[min(place + 1, z.count - 1)] - short[max(place - 1, 0)]
      sum += above
      return [z[place], short[place], long[place], above, max(0, above), change, sum / root]
    }
  }

  /// The last three numbers of each clip: what the clips that fit the query best look like is a second query, in the words of the video.
  ///
  /// 8. r: the cosine with the mean of all clips, weighted by e^(2z), over all clips of mean 0 and deviation 1
  /// 9. its mean over 5 clips, the ends repeated
  /// 10. the cosine with the clip before; 1 for the first
  ///
  /// Source of the second query: Rocchio, "Relevance feedback in information retrieval", 1971, with the likeliest taken for the
  /// relevant.
  ///
  /// - Parameters:
  ///   - clips: A row a clip.
  ///   - z: Its first channel.
  /// - Returns: F rows of 3 numbers.
  /// - Complexity: O(F·C).
  static func ofNeighbours(_ clips: [[Double]], _ z: [Double]) -> [[Double]] {
    let weights = z.map { exp(2 * $0) }
    let middle = (clips.first ?? []).indices.map { channel in
      zip(clips, weights).reduce(0) { $0 + $1.0[channel] * $1.1 }
    }
    let near = standardised(clips.map { cosine($0, middle) })
    let smooth = smoothed(near, over: 5)
    return clips.indices.map { place in
      [near[place], smooth[place], place > 0 ? cosine(clips[place], clips[place - 1]) : 1]
    }
  }

  /// The cosine of two rows, 0 where either has no length.
  private static func cosine(_ first: [Double], _ second: [Double]) -> Double {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let lengths = (dot(first, first) * dot(second, second)).squareRoot()
    return lengths > 0 ? dot(first, second) / lengths : 0
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

extension ScanChannels {
  /// The row of a query beside those of its clips, C + 10 numbers: its own features, about as long as a clip's ten numbers are.
  static func row(of query: [Float]) -> [Float] {
    let length = query.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let scale = length > 0 ? Float(count).squareRoot() / length : 0
    return query.map { $0 * scale } + [Float](repeating: 0, count: count)
  }
}

extension FrameFeatures {
  /// The ten channels of a scan for `query`, after C zeros where the query's own row has its features.
  ///
  /// - Precondition: `query` has C numbers.
  package func scanned(for query: [Float]) -> FrameFeatures {
    let clips = pooled()
    let cosines = clips.cosines(with: query, afterFeatures: false).values.map { Double($0) }
    let rows = ScanChannels.ofCosines(cosines)
    let others = ScanChannels.ofNeighbours(
      (0..<frames).map { place in clips[frame: place].map { Double($0) } }, rows.map { $0[0] })
    return FrameFeatures(
      values: zip(rows, others).flatMap { row in
        [Float](repeating: 0, count: channels) + (row.0 + row.1).map { Float($0) }
      }, tokensPerFrame: 1, channels: channels + ScanChannels.count, timestamps: timestamps,
      duration: duration, captions: captions)
  }
}
