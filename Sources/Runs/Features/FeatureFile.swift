internal import Core
internal import Foundation
internal import Storage
internal import Tasks

/// A file of features as `opd features` writes it, which says what made them.
struct FeatureFile {
  private let file: HDF5File

  /// A file that is there.
  ///
  /// - Throws: `StorageError`.
  init(_ path: String) throws { file = try HDF5File.open(path) }

  private init(_ file: HDF5File) { self.file = file }

  /// Writes a file, whole or not at all.
  ///
  /// - Throws: `StorageError`, or what `body` throws.
  static func write(
    to path: String, clipSeconds: Double, encoder: String, _ body: (FeatureFile) throws -> Void
  ) throws {
    try AtomicFile.replace(path) { temporary in
      let file = try HDF5File.create(temporary)
      try file.write(attribute: "clip_seconds", "\(clipSeconds)")
      try file.write(attribute: "encoder", encoder)
      try body(FeatureFile(file))
      try file.flush()
    }
  }

  /// What made features and how far apart, in words.
  static func kind(_ encoder: String, _ seconds: Double) -> String {
    "'\(encoder)' every \(seconds) s"
  }

  /// What made these.
  var kind: String {
    get throws {
      Self.kind(try file.text("encoder") ?? "an unknown encoder", try file.clipSeconds())
    }
  }

  /// The names of the videos.
  func videos() throws -> [String] { try file.exists("video") ? file.names(in: "video") : [] }

  /// The names of the questions that have a row.
  func queries() throws -> [String] { try file.exists("query") ? file.names(in: "query") : [] }

  /// The row of a question.
  func row(of query: String) throws -> [Float] { try file.floats("query/" + query) }

  /// What a video's features depended on; `nil` where there is no such video or nobody said.
  func identity(of video: String) throws -> String? {
    guard try file.exists("video/" + video) else { return nil }
    return try file.text("identity", of: "video/" + video)
  }

  /// Writes the features of a video: clips, rows, numbers.
  func write(video: String, _ values: [Float], shape: [Int], identity: String) throws {
    try file.write("video/" + video, values, shape: shape)
    try file.write(attribute: "identity", identity, of: "video/" + video)
  }

  /// Writes the row of a question.
  func write(query: String, _ row: [Float]) throws {
    try file.write("query/" + query, row, shape: [row.count])
  }

  /// Takes a video over from another file.
  ///
  /// - Returns: Its clips.
  func copy(video: String, from other: FeatureFile) throws -> Int {
    let place = "video/" + video
    let shape = try other.file.shape(of: place)
    try write(
      video: video, try other.file.floats(place), shape: shape,
      identity: try other.identity(of: video) ?? "")
    return shape.first ?? 0
  }
}
