package import ArgumentParser
internal import Core
internal import Foundation
internal import Plugins
internal import Records
internal import Runs
internal import TAD

/// `opd clips`: key clips of questions, as K-frames learns from.
package struct ClipsCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "clips",
    abstract: "Build key clips of questions about videos, and measure them against people.",
    discussion: """
      Examples:
        opd clips build data/qvh --captions captions.jsonl --out clips.jsonl
        opd clips measure data/qvh --captions captions.jsonl
      """,
    subcommands: [ClipsBuildCommand.self, ClipsMeasureCommand.self])

  /// What parses a command line without arguments.
  package init() {}
}

/// Where clips come from and how they are made.
package struct ClipArguments: ParsableArguments {
  @Argument(
    help: "A folder as `opd data import` makes it, or for `build` one of videos.",
    completion: .directory)
  var folder: String

  @Option(
    help: "JSON lines with vid and captions, one a clip; captions.jsonl of the folder if left out.",
    completion: .file())
  var captions: String?

  @Option(
    help: "Predictions in the format of QVHighlights with pred_saliency_scores, one a clip.",
    completion: .file())
  var predictions: String?

  @Option(
    help: "A pretrained language model that reads captions: a GGUF file, a folder or a name.",
    completion: .file())
  var model: String?

  @Option(help: "train, dev or all.")
  var part: String?

  @Option(help: "Standard deviations above the mean from which a difference begins a scene.")
  var deviations = SceneSegmentation().deviations

  @Option(help: "How many times its neighbours' change begins an adaptive scene.")
  var sceneRatio = SceneSegmentation().ratio

  @Option(help: "Relevance, 0 to 5, from which a scene is P1; the best scene always is.")
  var first = PeakClips.Settings().first

  @Option(help: "Relevance, 0 to 5, from which a scene is P2.")
  var second = PeakClips.Settings().second

  @Flag(help: "Show no progress.")
  var quiet = false

  /// What parses a command line without arguments.
  package init() {}

  /// Refuses numbers that cannot be.
  package func validate() throws {
    try check("--deviations", deviations, NumberRange(0...100))
    try check("--scene-ratio", sceneRatio, .above(0, to: 255))
    try check("--first", first, NumberRange(0...SceneRelevance.most))
    try check("--second", second, NumberRange(0...SceneRelevance.most))
    if second > first {
      throw ValidationError("'--second' is \(second), above '--first', which is \(first).")
    }
  }

  /// Where clips come from.
  func source(part standard: ClipPart) throws -> ClipSource {
    var source = ClipSource(folder)
    source.part = try Self.named(part ?? standard.rawValue, "--part")
    if let captions { source.captions = captions }
    source.predictions = predictions
    source.model = model
    return source
  }

  /// Thresholds and limits.
  var settings: PeakClips.Settings {
    var settings = PeakClips.Settings()
    settings.segmentation.deviations = deviations
    settings.segmentation.ratio = sceneRatio
    settings.first = first
    settings.second = second
    return settings
  }

  /// How progress is shown.
  var style: ProgressLine.Style? { quiet ? .quiet : nil }

  /// The case with a name.
  ///
  /// - Throws: `ValidationError` with the nearest name.
  static func named<Choice: CaseIterable & RawRepresentable<String>>(
    _ name: String, _ option: String
  ) throws -> Choice {
    guard let choice = Choice(rawValue: name) else {
      let known = Choice.allCases.map(\.rawValue)
      let nearest = nearestName(to: name, in: known).map { "Did you mean '\($0)'?" }
      throw ValidationError(
        "'\(option)' takes no '\(name)'. \(nearest ?? "Choose from \(known.joined(separator: ", ")).")"
      )
    }
    return choice
  }
}

/// `opd clips build`: key clips of every question of a folder.
package struct ClipsBuildCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Part videos into scenes and say how much each matters to each question.",
    discussion: """
      Example: opd clips build data/qvh --captions captions.jsonl --out clips.jsonl

      Scenes begin by features, histogram or adaptive (PySceneDetect's rule). Relevance, 0 to 5, is a similarity of features, the \
      question's words in captions, how much likelier captions make the question to a language model (--model), somebody's predictions, or \
      people's saliency. Captions of scenes and of the video are those of their clips \
      that say most of what the others say. A folder of videos without questions gets scenes alone. The first line of the file says how it \
      was made; run the command again to go on after an interruption. Then: data={keyClips: {path: clips.jsonl}} of a stage.
      """)

  @OptionGroup var arguments: ClipArguments

  @Option(help: "Where scenes begin: features, histogram, adaptive, or frames (each is one).")
  var scenes = SceneSegmentation().rule.rawValue

  @Option(
    help: """
      Who says how much a scene matters: similarity, words, likelihood, predictions or saliency.
      """)
  var relevance = PeakClips.Settings().relevance.rawValue

  @Option(name: .shortAndLong, help: "The file to write (.jsonl).", completion: .file())
  var out: String

  /// What parses a command line without arguments.
  package init() {}

  /// Builds what is missing.
  package func run() async throws {
    var settings = arguments.settings
    settings.segmentation.rule = try ClipArguments.named(scenes, "--scenes")
    settings.relevance = try ClipArguments.named(relevance, "--relevance")
    let build = try PeakClipBuild(try arguments.source(part: .all), settings, to: out)
    var line = ProgressLine("clips", total: build.count, unit: "lines", style: arguments.style)
    let summary = try await build.run { line.update($0) }
    line.finish()
    print(
      "\(out): \(summary.done) done, \(summary.known) were there, \(summary.failures.count) failed")
    if let first = summary.failures.min(by: { $0.key < $1.key }) {
      throw PeakClipError.failed(
        count: summary.failures.count, of: build.count, first: first.value)
    }
  }
}

/// `opd clips measure`: relevance against what people said.
package struct ClipsMeasureCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Compare how scenes are judged with three people's saliency, by source of relevance.",
    discussion: """
      Example: opd clips measure data/qvh --captions captions.jsonl --format markdown

      AUC: the probability that a clip most people found good (3 or 4) is in a more relevant scene than one they did not; Spearman: over the \
      clips of a question, with the mean score; precision: the share of the clips of P1 scenes that most found good. Means over questions with \
      95 % intervals over videos. People's own scores through the same scenes are the most that these scenes allow.
      """)

  @OptionGroup var arguments: ClipArguments

  @Option(help: "Kinds of scenes, separated by commas.")
  var scenes = "frames,features,histogram,adaptive"

  @Option(help: "How the table is printed.")
  var format: TableFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Measures and prints the table.
  package func run() async throws {
    let rules: [SceneSegmentation.Rule] = try scenes.split(separator: ",").map {
      try ClipArguments.named(String($0), "--scenes")
    }
    let source = try arguments.source(part: .dev)
    var line = ProgressLine(
      "clips", total: rules.count * PeakClipQuality.sources(of: source).count, unit: "rows",
      style: arguments.style)
    let quality = try PeakClipQuality(source, arguments.settings, rules: rules) { line.update($0) }
    line.finish()
    switch format {
    case .json: try StandardOutput.write(try jsonText(quality.rows) + "\n")
    case .markdown: try StandardOutput.write(quality.markdown + "\n")
    case .text: try StandardOutput.write(quality.text + "\n")
    }
  }
}
