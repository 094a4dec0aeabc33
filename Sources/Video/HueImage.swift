/// A picture in hue, saturation and value, three bytes a pixel, as OpenCV's 8-bit conversion makes it.
package struct HueImage: Sendable, Hashable {
  /// Hue in half degrees (0 … 179), saturation and value (0 … 255) of each pixel.
  package let bytes: [UInt8]

  /// Converts red, green and blue, three bytes a pixel.
  ///
  /// `V = max`, `S = 255·(max − min)/max`, `H = 30·(…)/(max − min)` in the sector of the largest colour, in whole numbers with
  /// tables in 12-bit fractions, the largest colour being red before green before blue.
  ///
  /// - Parameter rgb: Red, green and blue of each pixel.
  /// - Complexity: O(pixels).
  package init(rgb: [UInt8]) {
    var result = [UInt8](repeating: 0, count: rgb.count)
    let tables = Self.tables
    for pixel in stride(from: 0, to: rgb.count - 2, by: 3) {
      let red = Int(rgb[pixel])
      let green = Int(rgb[pixel + 1])
      let blue = Int(rgb[pixel + 2])
      let value = max(red, green, blue)
      let spread = value - min(red, green, blue)
      let sector: Int
      if value == red {
        sector = green - blue
      } else if value == green {
        sector = blue - red + 2 * spread
      } else {
        sector = red - green + 4 * spread
      }
      let hue = (sector * tables.hue[spread] + 2048) >> 12
      result[pixel] = UInt8(truncatingIfNeeded: hue < 0 ? hue + 180 : hue)
      result[pixel + 1] = UInt8(
        truncatingIfNeeded: (spread * tables.saturation[value] + 2048) >> 12)
      result[pixel + 2] = UInt8(truncatingIfNeeded: value)
    }
    bytes = result
  }

  /// How much the content changed: the mean absolute difference of hue, saturation and value over all pixels.
  ///
  /// Hue is not taken round the circle, as in PySceneDetect, whose threshold of 27 is for this number.
  ///
  /// - Parameter previous: The picture before, of the same size.
  /// - Returns: 0 … 230.
  package func change(from previous: HueImage) -> Double {
    var sum = 0
    for index in bytes.indices { sum += abs(Int(bytes[index]) - Int(previous.bytes[index])) }
    return Double(sum) / Double(max(1, bytes.count))
  }

  /// 255/i and 30/i in 12-bit fractions, 0 for 0.
  private static let tables = (
    saturation: (0...255).map { $0 == 0 ? 0 : Int((255.0 * 4096 / Double($0)).rounded()) },
    hue: (0...255).map { $0 == 0 ? 0 : Int((180.0 * 4096 / (6 * Double($0))).rounded()) }
  )
}
