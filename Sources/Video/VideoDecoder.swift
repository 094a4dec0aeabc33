internal import Programs
internal import Synchronization

/// One picture of a video.
package struct VideoFrame: Sendable {
  /// Its number, from 0.
  package let index: Int

  /// When it is shown, in seconds from the start of the video.
  package let time: Double

  /// How wide it is, pixels.
  package let width: Int

  /// How high it is, pixels.
  package let height: Int

  /// Red, green and blue of each pixel, rows from the top: 3·width·height bytes.
  package let pixels: [UInt8]
}

/// What is known of a video after it was read.
package struct VideoSummary: Sendable, Hashable, Codable {
  /// How many frames it has.
  package var frames: Int

  /// How long it lasts, in seconds.
  package var duration: Double

  /// Its average number of frames a second.
  package var rate: Double
}

/// Reads the frames of a video one after the other through the `ffmpeg` program.
///
/// Frames come as they are, none repeated or dropped, turned upright, scaled down, each with its true time (variable frame
/// rates included). No more than one frame is held. The number of frames is checked against the header's, so that a file
/// that was cut short is an error and not a short video.
package struct VideoDecoder: Sendable {
  /// Where the video is.
  package let path: String

  private let probe: VideoProbe
  let width: Int
  let height: Int

  /// A decoder of a file.
  ///
  /// - Parameters:
  ///   - path: Where the video is.
  ///   - longestSide: To how many pixels the longer side is scaled down; smaller videos stay as they are.
  ///   - patch: Of how many pixels both sides are made a multiple.
  /// - Throws: `VideoError` for a file that is missing, empty, not a video or without pictures.
  package init(path: String, longestSide: Int = 160, patch: Int = 1) async throws {
    self.path = path
    probe = try await VideoProbe(path)
    let scale = min(1, Double(longestSide) / Double(max(probe.width, probe.height, 1)))
    width = patch * max(1, Int((Double(probe.width) * scale / Double(patch)).rounded()))
    height = patch * max(1, Int((Double(probe.height) * scale / Double(patch)).rounded()))
  }

  /// About how many frames the header announces, where it says so or its length and rate do.
  package var announcedFrames: Int? {
    if let frames = probe.frames { return frames }
    guard let duration = probe.duration ?? probe.fileDuration, let rate = probe.rate else {
      return nil
    }
    let frames = (duration * rate).rounded()
    return frames < 1e12 ? Int(frames) : nil
  }

  /// Reads all frames.
  ///
  /// - Parameter body: Gets each frame in turn; if it throws, reading ends.
  /// - Returns: What is known after the last frame.
  /// - Throws: `VideoError` for a video that cannot be decoded or was cut short, or what `body` throws.
  @discardableResult
  package func forEachFrame(
    _ body: (VideoFrame) async throws -> Void
  ) async throws -> VideoSummary {
    let program = try videoProgram("ffmpeg", arguments)
    let times = FrameTimes()
    var frames = 0
    var last = (time: 0.0, before: 0.0)
    let end = try await program.run(
      output: { output in
        while let pixels = try await output.exactly(3 * width * height) {
          guard let time = await times.next() else {
            throw VideoError.noTime(path, frame: frames)
          }
          let frame = VideoFrame(
            index: frames, time: time, width: width, height: height, pixels: pixels)
          try await body(frame)
          last = (time, frames == 0 ? time : last.time)
          frames += 1
        }
      }, errorLine: times.read, errorEnd: times.finish)
    let complaint = times.complaint.map { plainReason($0, path: path) }
    if frames == 0 || !end.isSuccess {
      throw VideoError.undecodable(path, reason: complaint ?? plainReason("", path: path))
    }
    let step = frames > 1 ? last.time - last.before : 0
    try await checkComplete(frames: frames, end: last.time + step, step: step)
    if let complaint { throw VideoError.damaged(path, reason: complaint) }
    let duration = max(probe.duration ?? 0, last.time + step)
    return VideoSummary(
      frames: frames, duration: duration,
      rate: duration > 0 ? Double(frames) / duration : probe.rate ?? 0)
  }

  private var arguments: [String] {
    ["-nostdin", "-hide_banner", "-nostats", "-v", "level+info"] + fileInput(path) + [
      // Times are told before they are made even: what writes frames complains of two at one time, which is no damage.
      "-map", "0:V:0", "-vf",
      "scale=\(width):\(height):flags=area,showinfo=checksum=0,setpts=1000*N/TB",
      "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
    ]
  }

  /// Refuses fewer frames than announced.
  ///
  /// ffmpeg itself exits with 0 on a file that was cut short.
  private func checkComplete(frames: Int, end: Double, step: Double) async throws {
    if let expected = probe.frames {
      guard frames < expected else { return }
      // An edit list hides frames on purpose; only then is it worth reading the packets.
      let shown = expected - (try await hiddenFrames())
      if frames < shown {
        throw VideoError.truncated(path, expected: shown, received: frames)
      }
    } else if let expected = probe.duration, end < expected - max(0.5, 3 * step) {
      throw VideoError.endsEarly(path, expected: expected, received: end)
    }
  }

  /// How many packets are marked as not to be shown.
  private func hiddenFrames() async throws -> Int {
    let packets = try videoProgram(
      "ffprobe",
      [
        "-v", "quiet", "-select_streams", "V:0", "-show_entries", "packet=flags", "-of", "csv=p=0",
      ] + fileInput(path))
    return try await packets.read().text.split(separator: "\n").count { $0.contains("D") }
  }
}

/// The times that ffmpeg reports on one pipe for the frames that come on the other.
private final class FrameTimes: Sendable {
  private let firstComplaint = Mutex(String?.none)
  private let times: AsyncStream<Double>
  private let told: AsyncStream<Double>.Continuation

  init() { (times, told) = AsyncStream.makeStream() }

  /// The first thing that ffmpeg called an error: what comes after follows from it.
  var complaint: String? { firstComplaint.withLock { $0 } }

  /// Takes in a line of ffmpeg's.
  func read(_ line: String) {
    guard line.contains("Parsed_showinfo") else {
      for level in ["[error] ", "[fatal] "] {
        guard let label = line.firstRange(of: level) else { continue }
        let text = String(line[label.upperBound...])
        firstComplaint.withLock { $0 = $0 ?? text }
      }
      return
    }
    if let time = Self.time(line) { told.yield(time) }
  }

  /// Nothing more will come.
  func finish() { told.finish() }

  /// The time of the next frame, waiting for it; `nil` where none will come.
  func next() async -> Double? {
    var iterator = times.makeAsyncIterator()
    return await iterator.next()
  }

  /// The number after `pts_time:`.
  private static func time(_ line: String) -> Double? {
    guard let label = line.firstRange(of: "pts_time:") else { return nil }
    return Double(line[label.upperBound...].prefix { $0 != " " })
  }
}
