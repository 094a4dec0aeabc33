package import Storage

/// A picture of three colours, eight bits each.
package struct Picture: Sendable, Hashable {
  /// Pixels of a row.
  package let width: Int
  /// Rows.
  package let height: Int
  /// Red, green and blue of each pixel: rows from the top, pixels from the left, `3 · height · width` bytes.
  package let bytes: [UInt8]

  /// A picture.
  ///
  /// - Precondition: There are three bytes a pixel.
  package init(width: Int, height: Int, bytes: [UInt8]) {
    precondition(
      bytes.count == 3 * width * height, "\(bytes.count) bytes are not \(width) × \(height).")
    self.width = width
    self.height = height
    self.bytes = bytes
  }

  /// A picture from the bytes of a PNG file that nobody vouches for.
  ///
  /// - Parameters:
  ///   - png: The bytes.
  ///   - most: The most pixels; more are refused before memory is asked for.
  ///   - source: Where they come from, for sentences.
  /// - Throws: `StorageError.unreadable`.
  package init(png: [UInt8], most: Int, from source: String) throws {
    self.init(try PNGImage(png, from: source, most: most))
  }

  /// A picture from a file, what is transparent laid over white.
  package init(_ image: PNGImage) {
    let colours = image.channels > 2 ? 3 : 1
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * image.width * image.height)
    for start in stride(from: 0, to: image.bytes.count, by: image.channels) {
      let alpha = image.hasAlpha ? image.bytes[start + colours] : 255
      let pixel = (0..<3).map { image.bytes[start + min($0, colours - 1)] }
      bytes.append(contentsOf: Self.overWhite(pixel, alpha))
    }
    self.init(width: image.width, height: image.height, bytes: bytes)
  }

  /// Pillow's `alpha_composite` over opaque white, in its integers: seven bits more than a byte, and a division by 255 as
  /// two shifts.
  static func overWhite(_ pixel: [UInt8], _ alpha: UInt8) -> [UInt8] {
    pixel.map { colour in
      let sum = (Int(colour) * Int(alpha) + 255 * (255 - Int(alpha))) << 7 + 0x80 << 7
      return UInt8((sum >> 8 + sum) >> 15)
    }
  }

  /// A part of the picture.
  ///
  /// - Precondition: It lies inside.
  package func cropped(x: Int, y: Int, width: Int, height: Int) -> Picture {
    precondition(
      x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height,
      "\(width) × \(height) at (\(x), \(y)) are not in \(self.width) × \(self.height).")
    var part: [UInt8] = []
    part.reserveCapacity(3 * width * height)
    for row in y..<y + height {
      let start = 3 * (row * self.width + x)
      part.append(contentsOf: bytes[start..<start + 3 * width])
    }
    return Picture(width: width, height: height, bytes: part)
  }
}
