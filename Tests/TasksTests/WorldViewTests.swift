import Core
import Testing

@testable import Tasks

@Suite("What a band of a frame shows")
struct WorldViewTests {
  /// How well each shape fits at its best place, pixel by pixel: pixels it shares less pixels beside it.
  private static func plainFits(_ colours: [WorldColour?], width: Int) -> [Float] {
    guard colours.contains(where: { $0 != nil }) else { return WorldShape.allCases.map { _ in 0 } }
    let size = WorldShape.size
    return WorldShape.allCases.map { shape in
      var best = 0
      for top in 0...colours.count / width - size {
        for left in 1 - size..<width {
          var score = 0
          for row in 0..<size {
            for column in 0..<size where (0..<width).contains(left + column) {
              guard colours[(top + row) * width + left + column] != nil else { continue }
              score += shape.covers(row, column) ? 1 : -1
            }
          }
          best = max(best, score)
        }
      }
      return max(0, Float(best) / Float(shape.area) - 0.7) / 0.3
    }
  }

  @Test("finds shapes by bits as it does pixel by pixel", arguments: 1...3)
  func fits(bands: Int) throws {
    var dice = Seed(UInt64(bands)).generator()
    let side = WorldRendering.side
    // A third of these pixels are coloured, in no shape at all.
    let noise = RenderedFrames(
      width: side, height: side, count: 40,
      pixels: (0..<40 * side * side).flatMap { _ -> [UInt8] in
        dice.integer(below: 3) == 0 ? [215, 50, 50] : [30, 30, 30]
      })
    let world = try World(World.Options(videos: 3, devVideos: 1, difficulty: .hard, seed: Seed(8)))
    for video in [noise] + world.train.map(World.renderedFrames) {
      for frame in 0..<video.count {
        for band in 0..<bands {
          let rows = WorldFeatures.bounds(band, of: bands, height: side)
          let view = WorldView(video, frame: frame, rows: rows)
          #expect(view.fits == Self.plainFits(view.colours, width: side))
        }
      }
    }
  }
}
