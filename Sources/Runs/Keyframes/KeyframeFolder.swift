internal import Records
internal import Foundation
internal import Core
internal import Storage
internal import Video

/// Keyframes of every video in a folder, several at a time; what is done is not done again.
///
/// Beside the files of each video lies `keyframes.jsonl`, a line for each finished one with a digest of the video's size and
/// time, the selectors and the formats: a later call goes on with the videos that have no such line.
package struct KeyframeFolder: Sendable {
  /// How a call went.
  package struct Summary: Sendable, Hashable {
    /// Videos that were finished by this call.
    package var done = 0
    /// Videos that had been finished before.
    package var known = 0
    /// Videos that could not be read, with the reason.
    package var failures: [String: String] = [:]
  }

  private let input: String
  private let output: String
  private let formats: [KeyframeFormat]
  private let finder: KeyframeFinder
  private let videos: [String]

  /// A finished video.
  private struct Line: Codable, Sendable {
    var video: String
    var identity: String
  }

  /// The videos of a folder and of the folders in it.
  ///
  /// - Parameters:
  ///   - input: The folder.
  ///   - output: The folder for results.
  ///   - formats: What is written of each video.
  ///   - finder: What chooses.
  /// - Throws: `KeyframeInputError.noVideos`.
  package init(
    _ input: String, output: String, formats: [KeyframeFormat], finder: KeyframeFinder
  ) throws {
    self.input = input
    self.output = output
    self.formats = formats
    self.finder = finder
    videos = VideoFiles.list(in: input)
    if videos.isEmpty { throw KeyframeInputError.noVideos(folder: input) }
  }

  /// How many videos there are.
  package var count: Int { videos.count }

  /// Finds the keyframes of all videos that are not finished.
  ///
  /// - Parameters:
  ///   - jobs: How many videos are worked on at once.
  ///   - progress: Is told after each video how many are finished, and its name.
  /// - Returns: How it went; a video that cannot be read does not keep the others waiting.
  /// - Throws: `StorageError.unwritable`.
  package func run(
    jobs: Int, progress: (_ finished: Int, _ video: String) -> Void
  ) async throws -> Summary {
    let identities = Dictionary(uniqueKeysWithValues: videos.map { ($0, identity($0)) })
    let log = output + "/keyframes.jsonl"
    let lines = try? JSONLines.read(log, as: Line.self, tornLastLine: .dropped).map(\.value)
    let finished = Set((lines ?? []).filter(isWritten).map(\.identity))
    let waiting = videos.filter { !finished.contains(identities[$0] ?? "") }
    let writer = try JSONLinesWriter(log)
    var summary = Summary(known: videos.count - waiting.count)
    try await inTurn(waiting, jobs: jobs, work) { video, error in
      if let error {
        if error is StorageError { throw error }
        summary.failures[video] = "\(error)"
      } else {
        try writer.append(Line(video: video, identity: identities[video] ?? ""))
        summary.done += 1
      }
      progress(summary.done + summary.known + summary.failures.count, video)
    }
    try finish(without: Set(summary.failures.keys))
    return summary
  }

  private func work(_ video: String) async throws {
    let found = try await finder.find(video: input + "/" + video, name: video)
    for format in formats { try await format.write(found, to: path(video, format)) }
  }

  /// What belongs to all videos together: a list of pages, and one file of features.
  private func finish(without failures: Set<String>) throws {
    let good = videos.filter { !failures.contains($0) }
    if formats.contains(.hdf5) {
      try VideoKeyframes.joinFeatures(good.map { path($0, .hdf5) }, to: output + "/keyframes.h5")
    }
    if formats.contains(.html) {
      let pages = good.map { (video: $0, page: path($0, .html)) }
      try AtomicFile.write(KeyframeIndex(pages).html, to: output + "/index.html")
    }
  }

  private func path(_ video: String, _ format: KeyframeFormat) -> String {
    "\(output)/\(video).\(format.ending)"
  }

  private func isWritten(_ line: Line) -> Bool {
    formats.allSatisfy { format in
      format.paths(path(line.video, format), selectors: finder.choices.map(\.label))
        .allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }
  }

  /// A digest of everything that a result depends on.
  private func identity(_ video: String) -> String {
    let attributes = try? FileManager.default.attributesOfItem(atPath: input + "/" + video)
    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    let known = finder.truth(video).map { "\($0)" } ?? ""
    return ContentHash.of(
      [
        video, "\(size)", "\(changed)", known, "\(finder.tolerance)", "\(finder.seed.value)",
        finder.query, "\(finder.queryEmbedding ?? [])",
      ]
        + finder.choices.map { ConfigurationFile.text(of: $0.configuration) }
        + formats.map(\.rawValue) + [Program.version])
  }
}

/// Why there is nothing to choose frames from.
package enum KeyframeInputError: ExplainedError, Hashable {
  /// A folder without videos.
  case noVideos(folder: String)
  /// Neither a file nor a folder.
  case missing(path: String)
  /// Some videos of a folder could not be read.
  case failed(count: Int, of: Int, first: String)
  /// A format that holds one selection was asked for several.
  case oneSelector(format: String)
  /// A question that none of the selectors looks at.
  case unread(selectors: [String])
  /// Pictures are asked for where only features are.
  case noPictures(video: String)
  /// A file of what is known does not name the video that is asked for.
  case unnamed(video: String, truth: String)
  /// A folder of data has no such question.
  case unasked(query: String, folder: String)
  /// What is said to be known of a video is not of this video.
  case truth(video: String, faults: [String])
  /// Runs that were trained on other data than the first of them.
  case otherData(run: String)

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .noVideos(let folder): "There is no video in '\(folder)'."
    case .missing(let path): "There is no file or folder '\(path)'."
    case .failed(let count, let all, let first):
      "\(count) of \(all) videos gave no keyframes; the first: \(first)"
    case .oneSelector(let format): "A file of format \(format) holds one selection."
    case .unread(let selectors):
      "The query is read by none of the selectors: \(selectors.joined(separator: ", "))."
    case .noPictures(let video): "There are features of '\(video)', and no pictures."
    case .unnamed(let video, let truth): "'\(truth)' does not name the video '\(video)'."
    case .unasked(let query, let folder):
      "No annotation in '\(folder)' is about the question '\(query)'."
    case .truth(let video, let faults):
      "What is said to be known of '\(video)' cannot be right: "
        + (faults.prefix(10) + (faults.count > 10 ? ["and \(faults.count - 10) more"] : []))
        .joined(separator: "; ") + "."
    case .otherData(let run): "The run '\(run)' was trained on other data than the first run."
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .noVideos:
      "Files count by their ending: \(VideoFiles.endings.sorted().joined(separator: ", "))."
    case .missing: "Check the path."
    case .failed: "Mend or remove them and run the command again: finished videos are kept."
    case .oneSelector: "Name one selector."
    case .unread: "Add one that looks at it, such as --selector bolt, or leave --query out."
    case .noPictures: "Name the video file, with --features for what is chosen by."
    case .unasked: "Write the question as the annotations do, or give a file to --truth."
    case .truth, .unnamed: "Correct the file of --truth, or name the video that it is about."
    case .otherData: "Compare runs of one data set."
    }
  }
}
