internal import Foundation
internal import Core
internal import Storage

extension QVHighlights {
  /// Writes a data set as a folder that `load(path:options:)` reads back with the same fingerprint.
  ///
  /// - Parameters:
  ///   - dataset: What to write; frames must be clips of equal length, each with the time of its middle.
  ///   - path: The folder; it is made if need be.
  /// - Throws: `StorageError.unwritable`, or `DataError.impossible` for frames at other times.
  package static func export(_ dataset: Dataset, to path: String) throws {
    let options = Options()
    let prompts = dataset.train + dataset.dev
    let clipLength = try clipLength(prompts)
    let folder = try free(path, files)
    try AtomicFile.replace(folder.appendingPathComponent(options.features).path) { temporary in
      try writeFeatures(prompts, clipLength, temporary)
    }
    try writeQuestions(of: dataset, to: folder)
  }

  /// The names of the files of a folder.
  static var files: [String] {
    let options = Options()
    return [options.features, options.annotations, options.split]
  }

  /// A folder in which nothing would be written over: none of the files that are to come is there, but perhaps `known`.
  ///
  /// - Throws: `StorageError.alreadyThere`.
  static func free(_ path: String, _ names: [String], but known: String? = nil) throws -> URL {
    let folder = URL(fileURLWithPath: path)
    for name in names {
      let file = folder.appendingPathComponent(name).standardizedFileURL.path
      let isKnown = known.map { URL(fileURLWithPath: $0).standardizedFileURL.path == file } ?? false
      guard isKnown || !FileManager.default.fileExists(atPath: file) else {
        throw StorageError.alreadyThere(path: file)
      }
    }
    return folder
  }

  /// Writes annotations, with what people said of clips where that is known, and the split.
  static func writeQuestions(
    of dataset: Dataset, to folder: URL, judged: [String: AnnotatedQuery] = [:]
  ) throws {
    let options = Options()
    let prompts = dataset.train + dataset.dev
    let lines = try prompts.map { try JSONLines.line(Annotation($0, judged[$0.id])) + "\n" }
    try AtomicFile.write(
      lines.joined(), to: folder.appendingPathComponent(options.annotations).path)
    let split = ["train": dataset.train.map(\.id), "dev": dataset.dev.map(\.id)]
    try AtomicFile.write(
      try JSONLines.line(split) + "\n", to: folder.appendingPathComponent(options.split).path)
  }

  /// A line of the annotation file.
  private struct Annotation: Encodable {
    let qid: String
    let query: String
    let duration: Double
    let vid: String
    let relevant_windows: [[Double]]
    let relevant_clip_ids: [Int]?
    let saliency_scores: [[Int]]?

    init(_ prompt: Prompt, _ judged: AnnotatedQuery?) {
      relevant_clip_ids = judged.flatMap { $0.clips.isEmpty ? nil : $0.clips }
      saliency_scores = judged.flatMap { $0.saliency.isEmpty ? nil : $0.saliency }
      qid = prompt.id
      query = prompt.query
      duration = prompt.duration
      vid = prompt.video
      relevant_windows = prompt.stretches.map { [$0.start, $0.end] }
    }
  }

  /// Twice the time of the first frame, if every frame has the time of the middle of its clip.
  private static func clipLength(_ prompts: [Prompt]) throws -> Double {
    let length = 2 * (prompts.first?.evidence.timestamps.first ?? 1)
    for prompt in prompts {
      for (index, time) in prompt.evidence.timestamps.enumerated()
      where time != (Double(index) + 0.5) * length {
        throw DataError.impossible(
          query: prompt.id, reason: "frame \(index) is at \(time) s, not in the middle of a clip")
      }
    }
    return length
  }

  private static func writeFeatures(
    _ prompts: [Prompt], _ clipLength: Double, _ path: String
  ) throws {
    let file = try HDF5File.create(path)
    try file.write(attribute: "clip_seconds", "\(clipLength)")
    var written: [String: FrameFeatures] = [:]
    for prompt in prompts {
      if let embedding = prompt.queryEmbedding {
        try file.write("query/" + prompt.id, embedding, shape: [embedding.count])
      }
      if let known = written[prompt.video] {
        guard known == prompt.evidence else {
          throw DataError.impossible(
            query: prompt.id, reason: "other queries have other features of its video")
        }
        continue
      }
      let evidence = prompt.evidence
      let rows = evidence.tokensPerFrame == 1 ? [] : [evidence.tokensPerFrame]
      try file.write(
        "video/" + prompt.video, evidence.values,
        shape: [evidence.frames] + rows + [evidence.channels])
      written[prompt.video] = evidence
    }
    try file.flush()
  }
}
