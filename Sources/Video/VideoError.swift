internal import Core

/// What keeps a video from being read.
package enum VideoError: ExplainedError, Hashable {
  /// A program that decodes videos is not installed.
  case missingProgram(String)
  /// There is no such file.
  case missingFile(String)
  /// The file has no bytes.
  case emptyFile(String)
  /// The file has sound or text only.
  case noVideo(String)
  /// The file cannot be decoded; `reason` is the decoder's own last word.
  case undecodable(String, reason: String)
  /// All frames came, but the decoder had to guess at some.
  case damaged(String, reason: String)
  /// Fewer frames came than the file says it has.
  case truncated(String, expected: Int, received: Int)
  /// The frames end earlier than the file says.
  case endsEarly(String, expected: Double, received: Double)
  /// A frame came without its time.
  case noTime(String, frame: Int)

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .missingProgram(let name): "The program '\(name)', which reads videos, was not found."
    case .missingFile(let path): "There is no file '\(path)'."
    case .emptyFile(let path): "The file '\(path)' is empty."
    case .noVideo(let path): "The file '\(path)' has no video in it."
    case .undecodable(let path, let reason): "The video '\(path)' cannot be decoded: \(reason)."
    case .damaged(let path, let reason): "The video '\(path)' is damaged: \(reason)."
    case .truncated(let path, let expected, let received):
      "The video '\(path)' gave \(received) frames, but its header announces \(expected)."
    case .endsEarly(let path, let expected, let received):
      """
      The frames of '\(path)' end at \(rounded(received)) s, but its header announces \
      \(rounded(expected)) s.
      """
    case .noTime(let path, let frame): "Frame \(frame) of '\(path)' came without its time."
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .missingProgram: "Install ffmpeg (which has ffprobe) and put it on the PATH."
    case .missingFile: "Check the path."
    case .emptyFile, .truncated, .endsEarly: "Copy or download it again: it was cut short."
    case .noVideo: "Give a file with pictures."
    case .damaged: "Copy or download it again; a decoder that guesses shows frames that never were."
    case .undecodable: "Check that it is a complete video; ffprobe says more about it."
    case .noTime: "Remux it with ffmpeg, which writes the times anew."
    }
  }
}

/// A time with three digits after the point.
func rounded(_ seconds: Double) -> String {
  // No time at all, or one of centuries, is a header's invention and not worth digits.
  guard abs(seconds) < 1e12 else { return "\(seconds)" }
  let thousandths = Int((seconds * 1000).rounded())
  let fraction = String(abs(thousandths % 1000))
  let sign = thousandths < 0 ? "-" : ""
  let zeros = String(repeating: "0", count: 3 - fraction.count)
  return "\(sign)\(abs(thousandths) / 1000).\(zeros)\(fraction)"
}
