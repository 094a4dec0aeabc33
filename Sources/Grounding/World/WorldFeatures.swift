internal import Rollouts

/// Measures patches of pixels: how much of each colour, how it is shaped, how it changed since the frame before.
///
/// A frame is cut into N upright strips. For each colour a strip has its area, its diagonal edges and its corners (which
/// tell shapes apart), how much the area changed (something blinked, entered or left) and how many pixels changed beyond
/// that (something moved); then the mean red, green and blue, and the mean change of all pixels. Everything comes from
/// the pixels alone.
enum WorldFeatures {
  /// Area, diagonal edges, corners, change of area, motion.
  private static let measures = 5

  /// C: the measures of each colour, three means and one change.
  static let channels = WorldColour.allCases.count * measures + 4

  static func extract(_ video: RenderedFrames, strips: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(video.count * strips * channels)
    var before: Picture?
    for frame in 0..<video.count {
      let picture = Picture(video[frame: frame], width: video.width)
      for strip in 0..<strips {
        let columns = strip * video.width / strips..<(strip + 1) * video.width / strips
        result += measured(picture, before ?? picture, columns)
      }
      before = picture
    }
    return result
  }

  /// A frame with the colour that each pixel shows.
  private struct Picture {
    let pixels: [Int]
    let colours: [WorldColour?]
    let width: Int

    init(_ bytes: ArraySlice<UInt8>, width: Int) {
      let pixels = bytes.map { Int($0) }
      self.pixels = pixels
      self.width = width
      colours = (0..<pixels.count / 3).map {
        WorldColour.seen(red: pixels[3 * $0], green: pixels[3 * $0 + 1], blue: pixels[3 * $0 + 2])
      }
    }

    var height: Int { colours.count / width }

    func shows(_ colour: WorldColour, _ x: Int, _ y: Int) -> Bool {
      x >= 0 && y >= 0 && x < width && colours[y * width + x] == colour
    }
  }

  private static func measured(
    _ now: Picture, _ before: Picture, _ columns: Range<Int>
  ) -> [Float] {
    var result: [Float] = []
    for colour in WorldColour.allCases {
      result += shape(colour, now, before, columns).map { Float($0) / 10 }
    }
    var means = [Int](repeating: 0, count: 4)
    for y in 0..<now.height {
      for x in columns {
        for channel in 0..<3 {
          let at = (y * now.width + x) * 3 + channel
          means[channel] += now.pixels[at]
          means[3] += (now.pixels[at] - before.pixels[at]).magnitude.asInt
        }
      }
    }
    return result + means.map { Float($0) / Float(255 * now.height * columns.count) }
  }

  private static func shape(
    _ colour: WorldColour, _ now: Picture, _ before: Picture, _ columns: Range<Int>
  ) -> [Int] {
    var (area, diagonals, corners, change, changed) = (0, 0, 0, 0, 0)
    for y in 0..<now.height {
      for x in columns {
        let isThere = now.shows(colour, x, y)
        let wasThere = before.shows(colour, x, y)
        if isThere != wasThere {
          changed += 1
          change += isThere ? 1 : -1
        }
        guard isThere else { continue }
        area += 1
        if !now.shows(colour, x - 1, y - 1) { diagonals += 1 }
        if !now.shows(colour, x - 1, y), !now.shows(colour, x, y - 1) { corners += 1 }
      }
    }
    return [area, diagonals, corners, change.magnitude.asInt, changed - change.magnitude.asInt]
  }
}

extension UInt {
  fileprivate var asInt: Int { Int(self) }
}
