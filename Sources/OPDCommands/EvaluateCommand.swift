package import ArgumentParser
internal import Analysis
internal import Core
internal import Runs
internal import Foundation
public import Tasks
internal import Storage

extension QVHighlights.Part: ExpressibleByArgument {}

/// `opd evaluate`: how well a trained student, or a file of predictions, answers.
package struct EvaluateCommand: AsyncParsableCommand {
  /// What `--help` says.
  package static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluate a run's student, or a file of predictions.",
    discussion: """
      Example:
        opd evaluate runs/opd keyframes.selector=uniform
        opd evaluate runs/opd --profile
        opd evaluate runs/opd --attention looks.jsonl
        opd evaluate --predictions predictions.jsonl --data data/qvhighlights

      A run is evaluated with the student it saved last, on the queries it reports on; nothing in its folder is changed. \
      Where answers can be listed it is read twice: greedily, and as the answer of least risk, the one that agrees best with all that can be \
      given, each weighed by its probability; evaluation.exact=true or evaluation.consensus=32 read it that one way. \
      Predictions are judged as the QVHighlights evaluator does. Shares are 0 to 1, with 95 % intervals over whole videos, which end at 0 and 1; \
      --predictions with --format json is the evaluator's own file, in percent, to its printed digits.
      """)

  @Argument(help: "The folder of a run.", completion: .directory)
  var run: String?

  @Argument(help: "Changes to its configuration: key=value, +new=value or ~gone.")
  var overrides: [String] = []

  @Option(
    help: "JSON lines with qid, pred_relevant_windows and pred_saliency_scores, instead of a run.")
  var predictions: String?

  @Option(help: "The folder with the annotations of the predictions.")
  var data: String?

  @Option(
    help: "Which queries the predictions are for: train, dev or all; dev, or all without a split.")
  var part: QVHighlights.Part?

  @Option(name: .shortAndLong, help: "Write the run's answers to this file, as predictions.")
  var out: String?

  @Option(help: "How many of the questions of the lowest quality are listed, the worst first.")
  var worst = 5

  @Flag(
    inversion: .prefixedNo,
    help:
      "Read greedy answers by least risk as well, where answers can be listed; takes a pass over all of them."
  )
  var minimumRisk = true

  @Flag(
    help:
      "Measure what an answer costs, part by part: greedy, consensus of 4, 8 and 32, minimum risk.")
  var profile = false

  @Option(help: "Of how many videos --profile asks a question; 100 if left out.")
  var videos: Int?

  @Option(
    help:
      "Say where the student looks while it answers, and write to this file, a question a line, the share that each layer has of every frame in view."
  )
  var attention: String?

  @Option(help: "How it is printed; in JSON intervals are NAME/lower and NAME/upper.")
  var format: PrintedFormat = .text

  /// A command without arguments, for the parser.
  package init() {}

  /// Refuses what is neither a run nor predictions with their data.
  package func validate() throws {
    guard (run == nil) != (predictions == nil) else {
      throw ValidationError("Name the folder of a run, or a file with --predictions and --data.")
    }
    guard (predictions == nil) == (data == nil) else {
      throw ValidationError("--predictions and --data belong together.")
    }
    guard predictions == nil || out == nil else {
      throw ValidationError("--out writes the answers of a run; predictions are answers already.")
    }
    try check("--worst", worst, 0...NumberRange.most)
    try check("--videos", videos, 1...1_000_000)
    guard profile || videos == nil else { throw ValidationError("--videos belongs to --profile.") }
    guard !profile || (run != nil && out == nil && attention == nil) else {
      throw ValidationError("--profile measures a run, and writes no answers.")
    }
    guard attention == nil || (run != nil && out == nil) else {
      throw ValidationError("--attention looks into the student of a run, and writes no answers.")
    }
  }

  /// Evaluates and prints.
  package func run() async throws {
    if let predictions, let data {
      try judge(predictions, data)
    } else if let run {
      if let attention { return try await look(run, attention) }
      try await profile ? show(profileOf: run) : evaluate(run)
    }
  }

  private func judge(_ file: String, _ folder: String) throws {
    // A folder of annotations alone has no parts.
    let split = folder + "/" + QVHighlights.Options().split
    let hasParts = FileManager.default.fileExists(atPath: split)
    let part = part ?? (hasParts ? .dev : .all)
    let truths = try QVHighlights.truths(folder: folder, part: part)
    let report = try EvaluationReport.qvhighlights(
      predictions: try HighlightPrediction.load(file), truths: truths,
      matching: part == .all ? .exact : .annotated)
    print(format == .json ? report.asJSON : report.table.text(worst: worst))
  }

  private func evaluate(_ folder: String) async throws {
    let executor = RunExecutor(try OPDCommand.laboratory())
    let readings = try await executor.readings(
      of: folder, overrides: overrides, minimumRisk: minimumRisk)
    if let out { try readings.asked.writePredictions(to: out) }
    print(format == .json ? try JSONLines.line(readings.numbers) : readings.text(worst: worst))
  }

  private func look(_ folder: String, _ file: String) async throws {
    let reading = try await RunExecutor(try OPDCommand.laboratory())
      .attention(of: folder, overrides: overrides)
    try reading.write(to: file)
    print(reading.text)
  }

  private func show(profileOf folder: String) async throws {
    let profile = try await RunExecutor(try OPDCommand.laboratory())
      .profile(of: folder, overrides: overrides, videos: videos ?? 100)
    print(try format == .json ? JSONLines.line(profile) : profile.text)
  }
}

extension EvaluationReport {
  /// The numbers with their intervals, and the questions that went worst.
  fileprivate var table: EvaluationTable {
    EvaluationTable(
      values: shares,
      questions: questions.map { question in
        EvaluationTable.Question(
          id: question.query, cluster: question.video, asked: question.text,
          quality: question.iou, answered: question.answer?.text,
          right: question.windows.map(\.text).joined(separator: ", "))
      })
  }
}
