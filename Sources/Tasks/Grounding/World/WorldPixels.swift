internal import Core

/// Bands of pixels as they were rendered: what a student with an encoder of its own may learn to see by.
///
/// A row is its band's red, green and blue, 0 … 1, line by line; bands of fewer lines than the largest end in zeros. Nothing of
/// the frames before and after is in it, and nothing says what a shape is.
enum WorldPixels {
  /// C: numbers of a row of one of `bands` bands.
  static func channels(bands: Int) -> Int {
    let side = WorldRendering.side
    let lines = (0..<bands).map {
      WorldFeatures.bounds($0, of: bands, height: side).count
    }
    return (lines.max() ?? 0) * side * 3
  }

  static func extract(_ video: RenderedFrames, bands: Int) -> [Float] {
    let (channels, line) = (channels(bands: bands), 3 * video.width)
    var result: [Float] = []
    result.reserveCapacity(video.count * bands * channels)
    for frame in 0..<video.count {
      let pixels = video[frame: frame]
      for band in 0..<bands {
        let lines = WorldFeatures.bounds(band, of: bands, height: video.height)
        let first = pixels.startIndex + lines.lowerBound * line
        let shown = pixels[first..<first + lines.count * line]
        result.append(contentsOf: shown.lazy.map { Float($0) / 255 })
        result.append(contentsOf: repeatElement(0, count: channels - shown.count))
      }
    }
    return result
  }
}
