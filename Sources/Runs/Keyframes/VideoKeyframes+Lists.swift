internal import Core
internal import Foundation
internal import Records
internal import Storage
internal import Video

extension VideoKeyframes {
  /// The chosen frames of every selector as comma-separated values, a line each.
  var commaSeparated: String {
    var lines = ["video,selector,frame,time,score,apex"]
    for choice in selections {
      for frame in choice.keyframes {
        lines.append(
          [
            Self.field(video), Self.field(choice.selector), "\(frame.index)",
            Quantity.decimals(frame.time, 6), frame.score.map { "\($0)" } ?? "",
            frame.apex ? "1" : "0",
          ].joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The scenes that the chosen apexes or cuts of the first selector begin, with the columns of PySceneDetect's scene lists: frames
  /// count from 1, and a scene ends with its last frame.
  var sceneList: String {
    var lines = [
      "Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End Timecode,"
        + "End Time (seconds),Length (frames),Length (timecode),Length (seconds)"
    ]
    for (number, scene) in scenes.enumerated() {
      let (start, end) = (time(of: scene.lowerBound), time(of: scene.upperBound))
      lines.append(
        [
          "\(number + 1)", "\(scene.lowerBound + 1)", Self.clock(start),
          Quantity.decimals(start, 3), "\(scene.upperBound)", Self.clock(end),
          Quantity.decimals(end, 3), "\(scene.count)",
          Self.clock(end - start), Quantity.decimals(end - start, 3),
        ].joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same scenes as a list of edits (CMX 3600), whose times count frames at the video's rate, rounded to a whole number.
  var editList: String {
    var lines = ["TITLE: \(video)", "FCM: NON-DROP FRAME", ""]
    for (number, scene) in scenes.enumerated() {
      let times = [scene.lowerBound, scene.upperBound].map { timecode(time(of: $0)) }
      let event = String(repeating: "0", count: max(0, 3 - "\(number + 1)".count)) + "\(number + 1)"
      lines.append("\(event)  AX       V     C        " + (times + times).joined(separator: " "))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var scenes: [Range<Int>] { segments(selections.first?.keyframes ?? []) }

  private func time(of frame: Int) -> Double {
    frame < evidence.times.count ? evidence.times[frame] : duration
  }

  private func timecode(_ seconds: Double) -> String {
    let base = max(1, Int(rate.rounded()))
    let frames = Int((seconds * Double(base)).rounded())
    let parts = [frames / base / 3600, frames / base / 60 % 60, frames / base % 60, frames % base]
    return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }

  /// A time as `00:01:02.345`.
  private static func clock(_ seconds: Double) -> String {
    let thousandths = Int((seconds * 1000).rounded())
    let whole = thousandths / 1000
    let parts = [whole / 3600, whole / 60 % 60, whole % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    let rest = "\(thousandths % 1000)"
    return parts.joined(separator: ":") + "." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  /// Writes the chosen frames of all selectors as pictures of full size, named by frame and time, into a folder.
  ///
  /// - Throws: `StorageError.unwritable`; `KeyframeInputError.noPictures` for features without a video.
  func writePictures(_ format: PictureFormat, to folder: String) async throws {
    guard let path = evidence.picturePath else { throw KeyframeInputError.noPictures(video: video) }
    let pictures = try await VideoThumbnails.pictures(
      of: path, frames: chosenFrames, longestSide: .max, as: format)
    for (frame, bytes) in pictures {
      let digits = "\(max(0, frames - 1))".count
      let number = String(repeating: "0", count: max(0, digits - "\(frame)".count)) + "\(frame)"
      let name = "\(number)-\(Quantity.decimals(time(of: frame), 3))s.\(format.rawValue)"
      try AtomicFile.write(bytes, to: "\(folder)/\(name)")
    }
  }
}
