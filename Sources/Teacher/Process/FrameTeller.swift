package import Core
internal import Foundation
internal import Storage

/// Tells a program of the frames in view.
package struct FrameTeller: Sendable {
  /// How much it is told.
  package let told: FramesTold
  private let videos: (any FilmedVideos)?

  /// Tells a program.
  ///
  /// - Parameters:
  ///   - told: How much.
  ///   - videos: Where the videos' files are; `nil` where the program is told of none.
  package init(told: FramesTold, videos: (any FilmedVideos)?) {
    (self.told, self.videos) = (told, videos)
  }

  /// What a program is told of a prompt's frames, which are shown after so many of its tokens; `nil` where it is nothing.
  ///
  /// - Throws: An error for a video that is not there or cannot be read.
  package func frames(of prompt: Prompt, after place: Int? = nil) async throws -> WireFrames? {
    guard var frames = WireFrames(prompt, told: told) else { return nil }
    if told.needsVideos { frames.file = try videos?.file(of: prompt) }
    if told == .pixels {
      frames.pictures = try await videos?.pictures(of: prompt).map { Data($0.bytes) }
      frames.place = place
    }
    return frames
  }
}

/// Writes prompts for a program, with what it asks to be shown of their frames.
struct PromptTeller: Sendable {
  private let features: Bool
  private let frames: FrameTeller

  /// Writes for a program that has introduced itself.
  ///
  /// - Throws: `ProcessError.unfilmed` for one that wants to see videos whose folder nobody has named.
  init(
    _ hello: ProgramHello, _ parameters: ProcessParameters, _ videos: (any FilmedVideos)?
  ) throws {
    features = hello.features ?? false
    frames = FrameTeller(told: hello.frames ?? .none, videos: videos)
    guard frames.told.needsVideos, videos == nil else { return }
    throw ProcessError.unfilmed(program: parameters.program, wants: frames.told.rawValue)
  }

  func prompt(_ prompt: Prompt, responses: [[Token]] = []) async throws -> WirePrompt {
    var written = WirePrompt(prompt, responses: responses, features: features)
    written.frames = try await frames.frames(of: prompt)
    return written
  }
}

extension PictureSettings {
  /// The videos' files: other videos are another run.
  package var files: [String] {
    folder.map { folder in VideoFiles.list(in: folder).map { "\(folder)/\($0)" } } ?? []
  }

  /// A digest of what is shown, for scores that are remembered: each file's name, size and time of change, and how large pictures
  /// are; `nil` where nothing is.
  ///
  /// Not of their bytes, which a run's identity has: gigabytes are not read before every start.
  var stamp: String? {
    guard folder != nil else { return nil }
    let marks = files.map { file in
      let attributes = try? FileManager.default.attributesOfItem(atPath: file)
      let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
      return "\(file) \(attributes?[.size] as? Int ?? 0) \(changed)"
    }
    return ContentHash.of(["pictures", "\(side)", "\(patch)"] + marks)
  }
}
