package import ArgumentParser
internal import Records
internal import Runs
internal import Foundation
internal import Core
internal import Storage

/// `opd keyframes`: the frames of a video that matter.
package struct KeyframesCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "keyframes",
    abstract: "Choose the keyframes of a video, of a folder of videos, or of a file of features.",
    discussion: """
      Example: opd keyframes bikes.mp4 --selector tad --selector uniform --budget 8 --format html

      A video is read by ffmpeg, frame by frame. A folder is worked on several videos at a time; run the \
      command again to go on after an interruption. `opd plugins --kind selector` lists the selectors.
      """)

  @Argument(help: "A video, a folder of videos, or a file of features (.h5).")
  var input: String

  @Option(
    name: [.short, .long],
    help: "Who chooses: a name, or {name: {parameter: value}}; may be given several times.")
  var selector: [String] = ["tad"]

  @Option(help: "How many frames to keep (K); 8 if neither this nor a ratio is given.")
  var budget: Int?

  @Option(help: "Which share of the frames to keep (δ), instead of a budget.")
  var ratio: Double?

  @Option(help: "Features to choose by (.h5) instead of the video's own descriptors.")
  var features: String?

  @Option(
    name: [.customLong("query"), .customLong("question")],
    help:
      "A question, for selectors that look at one: with --features and their --encoder, or of the words of `student`'s data."
  )
  var question: String?

  @Option(help: "The encoder that made --features, for a row of the query: as `opd features`.")
  var encoder: String?

  @Option(
    help:
      "What is known, as JSON: cuts (frames), cutTimes and windows (seconds), or these by video; or a folder of data, for the windows of its questions, or of --query."
  )
  var truth: String?

  @Option(help: "How many frames from a true cut a keyframe still finds it.")
  var tolerance: Int = 1

  @Option(
    help: ArgumentHelp(
      "text, json, csv, html, hdf5, scenes (PySceneDetect's columns), edl, jpg or png (a folder of pictures); several, separated by commas."
    ))
  var format: String = "text"

  @Option(name: .shortAndLong, help: "The file to write; of a folder the folder for results.")
  var out: String?

  @Option(help: "How many videos of a folder are worked on at once.")
  var jobs: Int = 2

  @Option(help: "The seed of selectors that draw.")
  var seed: UInt64 = 0

  @Flag(help: "Show no progress.")
  var quiet = false

  /// What parses a command line without arguments.
  package init() {}

  /// Refuses a command line that contradicts itself.
  package func validate() throws {
    if budget != nil, ratio != nil { throw ValidationError("Give --budget or --ratio, not both.") }
    if encoder != nil, question == nil {
      throw ValidationError("'--encoder' makes a row of '--query', which is missing.")
    }
    try check("--budget", budget, 1...NumberRange.most)
    try check("--ratio", ratio, .above(0, to: 1))
    try check("--jobs", jobs, 1...1024)
    try check("--tolerance", tolerance, 0...NumberRange.most)
    _ = try formats()
  }

  /// Chooses and writes.
  package func run() async throws {
    let formats = try formats()
    let finder = try await finder(formats)
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: input) else {
      throw KeyframeInputError.missing(path: input)
    }
    let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
    let isNamed = out != nil && formats.count == 1 && !isFolder
    if finder.choices.count > 1,
      let single = formats.first(where: { isNamed ? $0.holdsOneSelection : $0 == .hdf5 })
    {
      throw KeyframeInputError.oneSelector(format: single.rawValue)
    }
    defer { warn(finder.short.sentence) }
    if isFolder {
      try await folder(finder, formats)
    } else if input.hasSuffix(".h5") || input.hasSuffix(".hdf5") {
      for name in try StoredFeatures.names(input) {
        let found = try await finder.find(StoredFeatures.read(name, from: input))
        try await deliver(found, formats, several: true)
      }
    } else {
      try await deliver(try await single(finder), formats, several: false)
    }
  }

  /// Once for all videos, and beside the results: what reads them should not have to read this.
  private func warn(_ sentence: String?) {
    guard let sentence else { return }
    FileHandle.standardError.write(Data((sentence + "\n").utf8))
  }

  private func formats() throws -> [KeyframeFormat] {
    let known = KeyframeFormat.allCases.map(\.rawValue)
    return try format.split(separator: ",").map { name in
      guard let format = KeyframeFormat(rawValue: String(name)) else {
        let nearest = nearestName(to: String(name), in: known).map { "Did you mean '\($0)'?" }
        throw ValidationError(
          "There is no format '\(name)'. \(nearest ?? "Choose from \(known.joined(separator: ", ")).")"
        )
      }
      return format
    }
  }

  private func finder(_ formats: [KeyframeFormat]) async throws -> KeyframeFinder {
    let laboratory = try OPDCommand.laboratory()
    let count: KeyframeCount = ratio.map { .ratio($0) } ?? .budget(budget ?? 8)
    var choices: [KeyframeChoice] = []
    for text in selector {
      choices.append(try await laboratory.keyframeChoice(text, count: count))
    }
    var finder = KeyframeFinder(
      choices, tolerance: tolerance, keepsFeatures: formats.contains(.hdf5), seed: Seed(seed))
    if let truth { finder.truth = try KeyframeTruth.read(truth, query: question ?? "") }
    if let question {
      guard choices.contains(where: \.looksAtQuery) else {
        throw KeyframeInputError.unread(selectors: choices.map(\.label))
      }
      finder.query = question
      finder.queryEmbedding = try await row(of: question)
    }
    return finder
  }

  /// The question in the space of the features; `nil` without an encoder.
  private func row(of question: String) async throws -> [Float]? {
    guard let encoder = try await FeaturesCommand.encoder(encoder) else { return nil }
    guard encoder.readsTexts else { throw FeatureError.readsNoTexts(encoder: encoder.identity) }
    return try await encoder.rows(of: [question]).first
  }

  private func single(_ finder: KeyframeFinder) async throws -> VideoKeyframes {
    let name = URL(filePath: input).deletingPathExtension().lastPathComponent
    if let truth, finder.truth(URL(filePath: input).lastPathComponent) == nil {
      throw KeyframeInputError.unnamed(video: input, truth: truth)
    }
    let stored = try features.map { try StoredFeatures.read(name, from: $0) }
    let style = quiet ? ProgressLine.Style.quiet : nil
    var line = ProgressLine(name, total: 0, unit: "frames", style: style)
    var announced = -1
    let found = try await finder.find(video: input, features: stored) { done, total in
      if announced < 0 {
        line = ProgressLine(name, total: total, unit: "frames", style: style)
        announced = total
      }
      // The header's number may be too small: the last frame is only known once it is there.
      if done.isMultiple(of: 16), done < announced { line.update(done) }
    }
    line.finish()
    return found
  }

  /// Writes what was chosen of one video: to the named file, to standard output, or beside where one stands.
  private func deliver(
    _ found: VideoKeyframes, _ formats: [KeyframeFormat], several: Bool
  ) async throws {
    for format in formats {
      let isText = [.text, .json, .csv].contains(format)
      if let out, !several, formats.count == 1 {
        try await format.write(found, to: out)
        print(out)
      } else if isText, out == nil {
        try StandardOutput.write(try await format.content(of: found) ?? "")
      } else {
        let name = "\(found.video).\(format.ending)"
        let path = out.map { "\($0)/\(name)" } ?? name
        try await format.write(found, to: path)
        let files = format.paths(path, selectors: found.selections.map(\.selector))
        print(files.joined(separator: "\n"))
      }
    }
  }

  private func folder(_ finder: KeyframeFinder, _ formats: [KeyframeFormat]) async throws {
    let target = out ?? "keyframes"
    let folder = try KeyframeFolder(input, output: target, formats: formats, finder: finder)
    let style = quiet ? ProgressLine.Style.quiet : nil
    var line = ProgressLine(
      "keyframes", total: folder.count, unit: "videos", style: style)
    let summary = try await folder.run(jobs: jobs) { line.update($0, note: $1) }
    line.finish()
    let known = summary.known > 0 ? ", \(summary.known) were there" : ""
    print("\(target): \(summary.done) videos done\(known), \(summary.failures.count) failed")
    let failures = summary.failures.sorted { $0.key < $1.key }
    for (_, message) in failures.dropFirst() {
      FileHandle.standardError.write(Data((message + "\n").utf8))
    }
    if let first = failures.first {
      throw KeyframeInputError.failed(count: failures.count, of: folder.count, first: first.value)
    }
  }
}

/// Standard output that says when it cannot take what it is given, such as on a full disk.
enum StandardOutput {
  /// Writes a text.
  ///
  /// - Throws: `StorageError.unwritable`.
  static func write(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw StorageError.unwritable(path: "standard output", because: error)
    }
  }
}
