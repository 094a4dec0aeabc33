#if Engines
import Core

/// Videos whose pictures are so many bytes of so much.
struct PaintedVideos: FilmedVideos {
  var shade: UInt8 = 1

  func file(of prompt: Prompt) -> String { "a/\(prompt.video).x" }

  func pictures(of prompt: Prompt) -> [FramePicture] {
    prompt.visible.timestamps.map { time in
      FramePicture(
        bytes: Array(repeating: shade, count: 100 * Int(time + 0.5)), width: 56, height: 28)
    }
  }
}
#endif
