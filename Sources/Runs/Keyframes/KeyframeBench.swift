internal import Records
internal import Tasks
internal import Plugins
internal import Core
internal import Statistics
internal import TAD

/// A data set, and whoever answers from the frames that are chosen of it.
struct KeyframeBench {
  /// One selector at one budget: everything a query or a seed.
  struct Cell {
    var label: String
    var looksAtQuery: Bool
    /// The chosen frames, a seed and a query.
    var selections: [[KeyframeSelection]]
    /// The reader's IoU, a seed and a query; empty where nobody reads.
    var reader: [[Double]] = []
    /// The student's IoU, a run and a query; empty without runs.
    var student: [[Double]] = []
  }

  let context: RunContext
  let prompts: [Prompt]
  private let settings: KeyframeComparison.Settings
  private let runs: [TrainedRun]
  /// The queries of each video.
  private let clusters: [[Int]]

  init(
    _ data: ConfigurationValue, _ settings: KeyframeComparison.Settings, _ laboratory: Laboratory
  ) async throws {
    self.settings = settings
    var runs: [TrainedRun] = []
    for path in settings.runs { runs.append(try await TrainedRun(path, in: laboratory)) }
    self.runs = runs
    if let first = runs.first {
      context = first.parts.context
      for (run, path) in zip(runs, settings.runs)
      where run.parts.context.dataset.fingerprint != context.dataset.fingerprint {
        throw KeyframeInputError.otherData(run: path)
      }
    } else {
      var empty = try RunContext.withoutData(laboratory, seed: Seed(0))
      empty.dataset = try await laboratory.datasets.connect(data, at: "data", in: Seed(0))
      context = empty
    }
    let dataset = context.dataset
    let asked = (settings.usesTrain ? dataset.train : dataset.dev).filter { !$0.stretches.isEmpty }
    if asked.isEmpty { throw DataError.nothingThere(what: "queries with true windows") }
    let videos = Dictionary(grouping: asked.indices) { asked[$0].video }
    prompts = asked
    clusters = videos.sorted { $0.key < $1.key }.map(\.value)
  }

  /// What a selector chooses at a budget, and what is answered from it.
  func cell(_ selector: ConfigurationValue, budget: Int) async throws -> Cell {
    let laboratory = context.laboratory
    let (label, choice) = try laboratory.keyframeConfiguration(selector, count: .budget(budget))
    let selector = try await laboratory.selectors.connect(choice, at: "selector", in: context)
    var cell = Cell(label: label, looksAtQuery: selector.looksAtQuery, selections: [])
    let plain = prompts.map(context.dataset.unmarked)
    let identity = ConfigurationFile.text(of: choice)
    for seed in 0..<settings.seeds {
      let selections = try await laboratory.selections.select(
        plain, by: selector, identity: identity,
        seed: Seed(UInt64(seed)).derived("keyframes"))
      cell.selections.append(selections)
      guard settings.reads else { continue }
      // Only a selector that draws chooses otherwise: what was read need not be read again.
      let isRepeated = cell.selections[0].map(\.indices) == selections.map(\.indices)
      cell.reader.append(
        try cell.reader.first.flatMap { isRepeated ? $0 : nil }
          ?? zip(plain, selections).map { try Self.read($0, $1) })
    }
    for run in runs {
      var frames = try await FrameChoice(choice, run.parts.context, at: "selector")
      let shown = try await frames.prompts(prompts, of: context.dataset)
      cell.student.append(try await run.evaluation(on: shown).outcomes.map(\.quality))
    }
    return cell
  }

  private static func read(_ prompt: Prompt, _ selection: KeyframeSelection) throws -> Double {
    var shown = prompt
    shown.keyframes = selection.indices
    let answer = try MaximumSumReader().answer(shown)
    return prompt.stretches.map { answer.iou($0) }.max() ?? 0
  }

  /// The row of a cell.
  func row(_ cell: Cell, against uniform: Cell, budget: Int) -> KeyframeComparison.Row {
    let choices = cell.selections.flatMap { zip(prompts, $0).map { ($0, $1) } }
    let count = Double(max(1, choices.count))
    let qualities = choices.map { prompt, selection in
      StretchQuality(
        times: selection.indices.map { prompt.evidence.timestamps[$0] }, stretches: prompt.stretches
      )
    }
    let coverage = choices.reduce(0) { sum, choice in
      sum + KeyframeQuality.coverage(choice.1.indices, times: choice.0.evidence.timestamps)
    }
    let agreement = zip(cell.selections.joined(), uniform.selections.joined()).reduce(0) {
      $0 + KeyframeQuality.jaccard($1.0.indices, $1.1.indices)
    }
    let scanned = choices.reduce(0) { $0 + $1.1.cost.framesScanned }
    let flops = choices.reduce(0) { $0 + $1.1.cost.flops }
    return KeyframeComparison.Row(
      selector: cell.label, budget: budget, looksAtQuery: cell.looksAtQuery,
      windows: StretchQuality.mean(qualities)
        ?? StretchQuality(times: [0], stretches: [Interval(0, 1)]),
      coverage: coverage / count, agreement: agreement / count,
      framesScanned: Double(scanned) / count, flops: flops / count,
      reader: answers(cell.reader, against: uniform.reader),
      student: answers(cell.student, against: uniform.student))
  }

  /// The summary of IoUs, a seed and a query.
  private func answers(
    _ ious: [[Double]], against uniform: [[Double]]
  ) -> KeyframeComparison.Answers? {
    guard !ious.isEmpty else { return nil }
    let all = Array(ious.joined())
    let means = ious.map(mean)
    let center = mean(means)
    let spread = means.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    return KeyframeComparison.Answers(
      mIoU: mean(all), recall5: mean(all.map { $0 >= 0.5 ? 1 : 0 }),
      recall7: mean(all.map { $0 >= 0.7 ? 1 : 0 }),
      deviation: means.count > 1 ? (spread / Double(means.count - 1)).squareRoot() : nil,
      gain: gain(ious, over: uniform))
  }

  /// The difference of mean IoUs, whole videos drawn again, the mean over seeds of each query.
  private func gain(_ ious: [[Double]], over uniform: [[Double]]) -> Estimate {
    let differences = prompts.indices.map { query in
      mean(ious.map { $0[query] }) - mean(uniform.map { $0[query] })
    }
    return Estimate.bootstrapped(
      clusters: clusters.map { $0.map { differences[$0] } },
      settings: BootstrapSettings(resamples: 1000, seed: Seed(0)), statistic: mean)
  }
}

/// The mean; 0 of nothing.
private func mean(_ values: [Double]) -> Double {
  values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}
