internal import Core

/// A video as pixels: red, green and blue of each, row by row, frame by frame.
package struct RenderedFrames: Sendable, Hashable {
  /// How wide a frame is, in pixels.
  package let width: Int

  /// How high a frame is, in pixels.
  package let height: Int

  /// How many frames there are.
  package let count: Int

  /// `count`·`height`·`width`·3 numbers, 0 … 255.
  package let pixels: [UInt8]

  /// The pixels of one frame.
  package subscript(frame index: Int) -> ArraySlice<UInt8> {
    let size = width * height * 3
    return pixels[index * size..<(index + 1) * size]
  }
}

/// Paints videos.
enum WorldRendering {
  /// How wide and high a frame is, in pixels: three lanes of one sprite's height, and a rest.
  static let side = 16

  /// How far noise moves a pixel either way.
  private static let noise = 6

  static func render(_ video: WorldVideo) -> RenderedFrames {
    var generator = Seed(video.appearance).derived("world.appearance").generator()
    let background = 20 + generator.integer(below: 40)
    let light = generator.integer(below: 31) - 15
    var pixels: [UInt8] = []
    pixels.reserveCapacity(video.frames * side * side * 3)
    for frame in 0..<video.frames {
      var picture = [Int](repeating: background, count: side * side * 3)
      for object in video.objects { paint(object, at: frame, light, into: &picture) }
      dim(&picture, to: WorldFades.light(at: frame, video.fades))
      for value in picture {
        let grain = Int(generator.next() >> 33) % (2 * noise + 1) - noise
        pixels.append(UInt8(clamping: value + grain))
      }
    }
    return RenderedFrames(width: side, height: side, count: video.frames, pixels: pixels)
  }

  private static func dim(_ picture: inout [Int], to share: Double) {
    guard share < 1 else { return }
    for index in picture.indices { picture[index] = Int(Double(picture[index]) * share) }
  }

  private static func paint(
    _ object: WorldObject, at frame: Int, _ light: Int, into picture: inout [Int]
  ) {
    guard let left = object.positions[frame] else { return }
    for row in 0..<WorldShape.size {
      for column in 0..<WorldShape.size where object.shape.covers(row, column) {
        let x = left + column
        guard (0..<side).contains(x) else { continue }
        let y = object.lane * WorldShape.size + row
        for (channel, value) in object.colour.components.enumerated() {
          picture[(y * side + x) * 3 + channel] = value + light
        }
      }
    }
  }
}
