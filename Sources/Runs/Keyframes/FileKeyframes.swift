internal import Core
internal import Foundation
internal import Plugins
internal import Storage
internal import TAD

/// Frames that somebody else chose, from JSON lines: `{"id": "q17", "frames": [0, 8, 9]}` for a question, or `{"video": "v3",
/// "frames": [0, 8, 9]}` for every question about a video that has no line of its own.
struct FileKeyframes: KeyframeSelector {
  private let path: String
  private let questions: [String: [Int]]
  private let videos: [String: [Int]]

  /// A question that has a line of its own is looked up by its name.
  let looksAtQuery = true

  /// It reads nothing of a video.
  let reads = FrameDetail.times

  private struct Line: Decodable {
    let id: String?
    let video: String?
    let frames: [Int]
  }

  /// The selections of a file.
  ///
  /// - Throws: `StorageError`, with the lines that cannot be one.
  init(_ path: String) throws {
    self.path = path
    var questions: [String: [Int]] = [:]
    var videos: [String: [Int]] = [:]
    _ = try JSONLines.read(path, as: Line.self) { line in
      guard !line.frames.isEmpty, line.frames == Set(line.frames).sorted(), line.frames[0] >= 0
      else { return "its frames are not one or more numbers from 0, ascending" }
      if let id = line.id {
        let isNew = questions.updateValue(line.frames, forKey: id) == nil
        return isNew ? nil : "question '\(id)' is there twice"
      }
      guard let video = line.video else {
        return "it names neither a question ('id') nor a video ('video')"
      }
      let isNew = videos.updateValue(line.frames, forKey: video) == nil
      return isNew ? nil : "video '\(video)' is there twice"
    }
    self.questions = questions
    self.videos = videos
  }

  func select(_ prompts: [Prompt], seed: Seed) throws -> [KeyframeSelection] {
    try prompts.map { prompt in
      // Of a video whose time line was changed the file knows other frames.
      let ofVideo = prompt.origin == nil ? videos[prompt.video] : nil
      guard let frames = questions[prompt.id] ?? ofVideo else {
        throw SelectionFileError.missing(path: path, prompt: prompt.id, video: prompt.video)
      }
      guard let last = frames.last, last < prompt.evidence.frames else {
        throw SelectionFileError.frames(
          path: path, prompt: prompt.id, frame: frames.last ?? 0, frames: prompt.evidence.frames)
      }
      return KeyframeSelection(indices: frames)
    }
  }
}

struct FileKeyframeParameters: PluginParameters {
  var path: String?

  var files: [String] { [path].compactMap { $0 } }

  static let keys: [String: KeyDeclaration] = [
    "path": .text("JSON lines with id or video, and frames: ascending numbers from 0; mandatory")
  ]
}

/// What keeps a file of selections from being used.
enum SelectionFileError: ExplainedError, Hashable {
  /// Nothing is said of a question.
  case missing(path: String, prompt: String, video: String)
  /// A frame is behind the last one of the video.
  case frames(path: String, prompt: String, frame: Int, frames: Int)

  var happened: String {
    switch self {
    case .missing(let path, let prompt, let video):
      "'\(path)' selects no frames for question '\(prompt)' or its video '\(video)'."
    case .frames(let path, let prompt, let frame, let frames):
      "'\(path)' selects frame \(frame) for question '\(prompt)', whose video has \(frames) frames."
    }
  }

  var remedy: String {
    switch self {
    case .missing: "Add a line for the question, or one for its video."
    case .frames: "Count frames from 0, in the features that this run reads."
    }
  }

  var exitStatus: ExitStatus { .badInput }
}
