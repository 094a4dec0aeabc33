package import Core
internal import Programs

extension VideoDecoder {
  /// Reads some frames as they are on the screen, in a pass of its own.
  ///
  /// - Parameter frames: Their numbers, counted as `forEachFrame` counts them.
  /// - Returns: One for each, in the order given.
  /// - Throws: `VideoError` for a video that cannot be read or has not all of these frames.
  package func pixels(of frames: [Int]) async throws -> [FramePixels] {
    let wanted = Set(frames).sorted()
    guard !wanted.isEmpty else { return [] }
    let choice = wanted.map { "eq(n,\($0))" }.joined(separator: "+")
    let program = try videoProgram(
      "ffmpeg",
      ["-nostdin", "-hide_banner", "-nostats", "-v", "error"] + fileInput(path) + [
        "-map", "0:V:0", "-vf", "select='\(choice)',scale=\(width):\(height):flags=area",
        "-fps_mode", "passthrough", "-frames:v", "\(wanted.count)", "-f", "rawvideo", "-pix_fmt",
        "rgb24", "-",
      ])
    let said = try await program.read()
    let pictures = try split(Array(said.bytes), wanted, plainReason(said.lastError, path: path))
    return frames.compactMap { pictures[$0] }
  }

  /// What is read of each frame.
  private func split(
    _ bytes: [UInt8], _ wanted: [Int], _ reason: String
  ) throws -> [Int: FramePixels] {
    let size = 3 * width * height
    let found = bytes.count / size
    guard found > 0 else { throw VideoError.undecodable(path, reason: reason) }
    guard found >= wanted.count else {
      throw VideoError.truncated(
        path, expected: (wanted.last ?? 0) + 1, received: wanted[found])
    }
    let pictures = wanted.indices.map {
      FramePixels(width: width, height: height, bytes: Array(bytes[$0 * size..<($0 + 1) * size]))
    }
    return Dictionary(uniqueKeysWithValues: zip(wanted, pictures))
  }
}
