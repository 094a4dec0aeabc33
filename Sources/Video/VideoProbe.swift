internal import Foundation
internal import Programs

/// What the header of a video says.
struct VideoProbe: Sendable {
  /// Width after rotation, pixels.
  var width: Int
  /// Height after rotation, pixels.
  var height: Int
  /// How many frames there are, where the header says so.
  var frames: Int?
  /// How long the pictures last, in seconds, where the header says so.
  var duration: Double?
  /// The average number of frames a second, where the header says so.
  var rate: Double?
  /// How long the file lasts with its sound, in seconds, where the header says so.
  var fileDuration: Double?

  /// Asks ffprobe about a file.
  ///
  /// - Throws: `VideoError` for a file that is missing, empty, not a video or without pictures.
  init(_ path: String) async throws {
    let file = try await Self.file(path)
    // A cover picture in a sound file is a video stream by name only.
    let pictures = file.streams.first {
      $0.codec_type == "video" && $0.disposition?["attached_pic"] != 1
    }
    guard let stream = pictures, let width = stream.width, let height = stream.height else {
      throw VideoError.noVideo(path)
    }
    let turned = stream.isTurned
    self.width = turned ? height : width
    self.height = turned ? width : height
    frames = stream.nb_frames.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    let own =
      believable(stream.duration.flatMap { Double($0) })
      ?? believable(stream.tags?["DURATION"].flatMap(seconds))
    fileDuration = believable(file.format?.duration.flatMap { Double($0) })
    let onlyPictures = file.streams.allSatisfy { $0.codec_type == "video" }
    duration = own ?? (onlyPictures ? fileDuration : nil)
    rate = stream.avg_frame_rate.flatMap(fraction)
  }

  /// What ffprobe says of a file that is there and not empty.
  private static func file(_ path: String) async throws -> ProbedFile {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let attributes else { throw VideoError.missingFile(path) }
    if attributes[.size] as? Int == 0 { throw VideoError.emptyFile(path) }
    let probe = try videoProgram(
      "ffprobe",
      ["-v", "error", "-show_streams", "-show_format", "-of", "json"] + fileInput(path))
    let said = try await probe.read()
    guard said.end.isSuccess,
      let file = try? JSONDecoder().decode(ProbedFile.self, from: said.bytes)
    else {
      throw VideoError.undecodable(path, reason: plainReason(said.lastError, path: path))
    }
    return file
  }
}

/// What ffprobe writes, as far as it is needed.
private struct ProbedFile: Decodable {
  struct Stream: Decodable {
    struct SideData: Decodable { var rotation: Double? }
    var codec_type: String?
    var width: Int?
    var height: Int?
    var nb_frames: String?
    var duration: String?
    var avg_frame_rate: String?
    var tags: [String: String]?
    var disposition: [String: Int]?
    var side_data_list: [SideData]?

    /// Whether the picture is shown lying on its side.
    var isTurned: Bool {
      let rotation = side_data_list?.compactMap(\.rotation).first ?? 0
      let turns = (rotation / 90).rounded().truncatingRemainder(dividingBy: 2)
      return turns.isFinite && turns != 0
    }
  }
  struct Format: Decodable { var duration: String? }
  var streams: [Stream]
  var format: Format?
}

/// One of ffmpeg's programs.
///
/// - Throws: `VideoError.missingProgram`.
func videoProgram(_ name: String, _ arguments: [String]) throws -> ChildProgram {
  do {
    return try ChildProgram(name, arguments)
  } catch {
    throw VideoError.missingProgram(name)
  }
}

/// A path as an argument: a name that begins with a dash or looks like a protocol is still a file.
func fileArgument(_ path: String) -> String { "file:\(path)" }

/// The arguments that open a file, and nothing that its content may name elsewhere: a playlist can ask for any address.
func fileInput(_ path: String) -> [String] {
  ["-protocol_whitelist", "file,pipe", "-i", fileArgument(path)]
}

/// The longest time that is believed of a header, in seconds: thirty years.
private let longest = 1e9

/// A time as a header writes it; `nil` if it is no time.
private func believable(_ seconds: Double?) -> Double? {
  seconds.flatMap { $0 >= 0 && $0 <= longest ? $0 : nil }
}

/// The decoder's last line without the path that the message names anyway, and without its full stop.
func plainReason(_ line: String, path: String) -> String {
  var text = line.replacing(fileArgument(path) + ": ", with: "")
  while text.hasSuffix(".") { text.removeLast() }
  return text.isEmpty ? "the decoder gives no reason" : text
}

/// Seconds of a time like 00:00:29.958000000.
private func seconds(_ text: String) -> Double? {
  let parts = text.split(separator: ":").compactMap { Double($0) }
  return parts.count == 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : nil
}

/// The number that a fraction like 30000/1001 stands for.
private func fraction(_ text: String) -> Double? {
  let parts = text.split(separator: "/").compactMap { Double($0) }
  guard parts.count == 2, parts[1] > 0, parts[0] > 0 else { return nil }
  return parts[0] / parts[1]
}
