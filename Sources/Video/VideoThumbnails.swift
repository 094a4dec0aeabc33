package import Core
internal import Foundation
internal import Programs

/// How pictures are packed.
package enum PictureFormat: String, Sendable, Hashable {
  /// With loss.
  case jpg
  /// Without.
  case png
}

/// Pictures of some frames of a video.
package enum VideoThumbnails {
  /// Reads some frames as small JPEG files, in a pass of its own.
  ///
  /// - Returns: The bytes of a file by the number of its frame.
  /// - Throws: `VideoError` for a video that cannot be read or has not all of these frames.
  package static func jpegs(
    of path: String, frames: [Int], longestSide: Int = 192
  ) async throws -> [Int: [UInt8]] {
    try await pictures(of: path, frames: frames, longestSide: longestSide, as: .jpg)
  }

  /// Reads some frames as files of pictures, in a pass of its own.
  ///
  /// - Parameters:
  ///   - path: Where the video is.
  ///   - frames: The numbers of the frames, counted as `VideoDecoder` counts them.
  ///   - longestSide: To how many pixels the longer side is scaled down; smaller videos stay as they are.
  ///   - format: How they are packed.
  /// - Returns: The bytes of a file by the number of its frame.
  /// - Throws: `VideoError` for a video that cannot be read or has not all of these frames.
  package static func pictures(
    of path: String, frames: [Int], longestSide: Int, as format: PictureFormat
  ) async throws -> [Int: [UInt8]] {
    try await pictures(
      of: await VideoDecoder(path: path, longestSide: longestSide), frames, longestSide, format)
  }

  /// Reads some frames for a model that sees, in the order given.
  ///
  /// - Parameters:
  ///   - path: Where the video is.
  ///   - frames: The numbers of the frames, counted as `VideoDecoder` counts them.
  ///   - longestSide: To how many pixels the longer side is scaled down; smaller videos stay as they are.
  ///   - patch: Of how many pixels both sides are a multiple.
  /// - Returns: A JPEG file for each.
  /// - Throws: `VideoError` for a video that cannot be read or has not all of these frames.
  package static func pictures(
    of path: String, frames: [Int], longestSide: Int, patch: Int
  ) async throws -> [FramePicture] {
    let decoder = try await VideoDecoder(path: path, longestSide: longestSide, patch: patch)
    let files = try await pictures(of: decoder, frames, longestSide, .jpg)
    return frames.compactMap { frame in
      files[frame].map { FramePicture(bytes: $0, width: decoder.width, height: decoder.height) }
    }
  }

  private static func pictures(
    of decoder: VideoDecoder, _ frames: [Int], _ longestSide: Int, _ format: PictureFormat
  ) async throws -> [Int: [UInt8]] {
    let path = decoder.path
    let wanted = Set(frames).sorted()
    guard let last = wanted.last else { return [:] }
    let choice = wanted.map { "eq(n,\($0))" }.joined(separator: "+")
    let program = try videoProgram(
      "ffmpeg",
      [
        "-nostdin", "-hide_banner", "-nostats", "-v", "error", "-protocol_whitelist", "file,pipe",
        "-i", fileArgument(path),
        "-map", "0:V:0", "-vf",
        "select='\(choice)',scale=\(decoder.width):\(decoder.height):flags=area",
        "-fps_mode", "passthrough", "-frames:v", "\(wanted.count)", "-f", "image2pipe",
        "-c:v", format == .jpg ? "mjpeg" : "png", "-q:v", longestSide == .max ? "2" : "5", "-",
      ])
    let said = try await program.read()
    let pictures = format == .jpg ? split(Array(said.bytes)) : splitPNG(Array(said.bytes))
    guard pictures.count == wanted.count else {
      guard pictures.isEmpty else {
        throw VideoError.truncated(path, expected: last + 1, received: wanted[pictures.count])
      }
      throw VideoError.undecodable(path, reason: plainReason(said.lastError, path: path))
    }
    return Dictionary(uniqueKeysWithValues: zip(wanted, pictures))
  }

  /// The files of a stream of PNG files, each of which ends with an empty chunk IEND and its checksum.
  static func splitPNG(_ bytes: [UInt8]) -> [[UInt8]] {
    var files: [[UInt8]] = []
    var start = 0
    while start + 8 <= bytes.count {
      var end = start + 8
      while end + 12 <= bytes.count {
        let length = bytes[end..<end + 4].reduce(0) { $0 << 8 | Int($1) }
        let isLast = bytes[end + 4..<end + 8].elementsEqual("IEND".utf8)
        end += 12 + length
        if isLast { break }
      }
      guard end <= bytes.count else { return files }
      files.append(Array(bytes[start..<end]))
      start = end
    }
    return files
  }

  /// The files of a stream of JPEG files: each begins with FF D8 FF and ends with FF D9, which a zero byte keeps out of
  /// what is between.
  static func split(_ bytes: [UInt8]) -> [[UInt8]] {
    var files: [[UInt8]] = []
    var start: Int?
    for index in bytes.indices.dropLast() where bytes[index] == 0xff {
      if start == nil, bytes[index + 1] == 0xd8 { start = index }
      if let from = start, bytes[index + 1] == 0xd9 {
        files.append(Array(bytes[from...index + 1]))
        start = nil
      }
    }
    return files
  }
}
