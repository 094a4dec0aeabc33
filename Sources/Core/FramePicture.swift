/// A frame as a JPEG file, for a model that sees.
package struct FramePicture: Sendable, Hashable {
  /// The file.
  package var bytes: [UInt8]
  /// Pixels.
  package var width: Int
  /// Pixels.
  package var height: Int

  package init(bytes: [UInt8], width: Int, height: Int) {
    (self.bytes, self.width, self.height) = (bytes, width, height)
  }
}

/// The videos that prompts are about, for students that look at pictures or open files.
package protocol FilmedVideos: Sendable {
  /// Where the file of a prompt's video is.
  ///
  /// - Throws: An error for one that is not there.
  func file(of prompt: Prompt) throws -> String

  /// The frames in view, in the order of the view.
  ///
  /// - Throws: An error for a video that is not there or cannot be read.
  func pictures(of prompt: Prompt) async throws -> [FramePicture]
}
