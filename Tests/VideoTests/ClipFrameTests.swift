import Foundation
import Programs
import Synchronization
import Testing

@testable import Video

@Suite("The frames that stand for clips", .enabled(if: hasFFmpeg, "ffmpeg is not installed"))
struct ClipFrameTests {
  private func film(_ seconds: Int, rate: Int) async throws -> VideoDecoder {
    let path = NSTemporaryDirectory() + "clips-\(UUID().uuidString).mp4"
    let said = try await ChildProgram(
      "ffmpeg",
      [
        "-nostdin", "-v", "error", "-f", "lavfi", "-i",
        "testsrc=size=32x18:rate=\(rate):duration=\(seconds)", path,
      ]
    ).read()
    try #require(said.end.isSuccess, "\(said.lastError)")
    return try await VideoDecoder(path: path)
  }

  private func indices(_ decoder: VideoDecoder, every seconds: Double, batch: Int) async throws
    -> [[Int]]
  {
    var batches: [[Int]] = []
    _ = try await ClipFrames(of: decoder, every: seconds).forEachBatch(of: batch) {
      batches.append($0.map(\.index))
    }
    return batches
  }

  @Test("are those on the screen in the middle of each, as many as have their middle in the video")
  func middles() async throws {
    let decoder = try await film(5, rate: 4)
    // Middles at 1 and 3 s: frames 4 and 12; that of a third clip would be at 5 s, where the video has ended.
    #expect(try await indices(decoder, every: 2, batch: 8) == [[4, 12]])
    #expect(try await indices(decoder, every: 1, batch: 2) == [[2, 6], [10, 14], [18]])
    // A clip that is longer than twice the video is one all the same.
    #expect(try await indices(decoder, every: 60, batch: 8) == [[19]])
    // Clips shorter than frames show a frame several times.
    #expect(try await indices(decoder, every: 0.125, batch: 100).first?.prefix(4) == [0, 0, 1, 1])
  }

  @Test("reading ends with whoever reads")
  func stopped() async throws {
    struct Enough: Error {}
    let decoder = try await film(4, rate: 8)
    let seen = Mutex(0)
    await #expect(throws: Enough.self) {
      _ = try await ClipFrames(of: decoder, every: 0.1).forEachBatch(of: 1) { _ in
        seen.withLock { $0 += 1 }
        throw Enough()
      }
    }
    #expect(seen.withLock { $0 } == 1)
  }
}
