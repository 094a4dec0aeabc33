/// What is kept of a picture: a colour histogram and a small patch descriptor, both fixed, nothing trained.
///
/// Colours are hue, saturation and value as in OpenCV's 8-bit HSV: hue in half degrees 0 … 179, the others 0 … 255.
/// The picture is cut into 4 × 4 patches; the descriptor of a patch (16 numbers) holds three histograms side by side: 8 bins
/// of hue weighted by saturation, so that grey has no hue, 4 of saturation and 4 of value, each pixel shared between the
/// two nearest bins. The colour histogram is the mean over the patches.
package struct FrameDescriptor: Sendable {
  /// N: patches a frame.
  package static let tokensPerFrame = 16

  /// C: numbers a patch.
  package static let channels = 16

  /// N·C numbers of at least 0, row-major, patches from the top left.
  package let patches: [Float]

  /// C numbers of at least 0: the mean of the patches.
  package var histogram: [Float] {
    var mean = [Float](repeating: 0, count: Self.channels)
    for (index, value) in patches.enumerated() { mean[index % Self.channels] += value / 16 }
    return mean
  }

  /// The descriptor of a picture.
  ///
  /// - Parameters:
  ///   - colours: Hue, saturation and value of each pixel.
  ///   - width: How wide the picture is, pixels.
  ///   - height: How high it is, pixels.
  package init(_ colours: HueImage, width: Int, height: Int) {
    var sums = [Float](repeating: 0, count: Self.tokensPerFrame * Self.channels)
    var counts = [Float](repeating: 0, count: Self.tokensPerFrame)
    for row in 0..<height {
      for column in 0..<width {
        let patch = 4 * (4 * row / height) + 4 * column / width
        let pixel = 3 * (row * width + column)
        counts[patch] += 1
        Self.add(colours.bytes, pixel, to: &sums, at: patch * Self.channels)
      }
    }
    for patch in 0..<Self.tokensPerFrame where counts[patch] > 0 {
      for channel in 0..<Self.channels {
        sums[patch * Self.channels + channel] /= counts[patch]
      }
    }
    patches = sums
  }

  /// Adds one pixel to the histograms of its patch.
  @inline(__always)
  private static func add(_ bytes: [UInt8], _ pixel: Int, to sums: inout [Float], at base: Int) {
    let hue = Float(bytes[pixel]) * (8.0 / 180)
    let saturation = Float(bytes[pixel + 1]) * (1.0 / 255)
    let value = Float(bytes[pixel + 2]) * (3.0 / 255)
    let bin = Int(hue)
    let part = hue - Float(bin)
    sums[base + bin] += saturation * (1 - part)
    sums[base + (bin + 1) % 8] += saturation * part
    let level = min(2, Int(3 * saturation))
    let rest = 3 * saturation - Float(level)
    sums[base + 8 + level] += 1 - rest
    sums[base + 9 + level] += rest
    let light = min(2, Int(value))
    let more = value - Float(light)
    sums[base + 12 + light] += 1 - more
    sums[base + 13 + light] += more
  }
}
