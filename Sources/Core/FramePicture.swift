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

/// A frame of a video's file.
package struct FramePlace: Sendable, Hashable {
  /// The file.
  package var file: String
  /// The frame's number, from 0.
  package var frame: Int

  package init(file: String, frame: Int) { (self.file, self.frame) = (file, frame) }
}

/// A frame as it is on the screen, for a model in this process that sees.
package struct FramePixels: Sendable, Hashable {
  /// Pixels of a row.
  package var width: Int
  /// Rows.
  package var height: Int
  /// Red, green and blue of each pixel, rows from the top.
  package var bytes: [UInt8]

  package init(width: Int, height: Int, bytes: [UInt8]) {
    (self.width, self.height, self.bytes) = (width, height, bytes)
  }
}

/// The videos that prompts are about, frame by frame, for students in this process that look at them.
package protocol FilmedFrames: Sendable {
  /// Which frames are in view, in the order of the view.
  ///
  /// - Throws: An error for a video that is not there or cannot be read.
  func places(of prompt: Prompt) async throws -> [FramePlace]

  /// Frames of one file, in the order given.
  ///
  /// - Throws: An error for a file that cannot be read or has not all of them.
  func pixels(of frames: [FramePlace]) async throws -> [FramePixels]
}
