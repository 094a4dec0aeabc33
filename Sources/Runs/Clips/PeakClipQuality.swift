internal import Core
internal import Records
package import Statistics
package import TAD
internal import Tasks

/// How well guesses of relevance agree with what people said of the clips of the same questions.
package struct PeakClipQuality: Sendable, Encodable {
  /// One source with one kind of scenes.
  package struct Row: Sendable, Encodable {
    /// Who guessed.
    package var relevance: SceneRelevance
    /// Where scenes began.
    package var scenes: SceneSegmentation.Rule
    /// Scenes a video, the mean over questions.
    package var scenesPerVideo: Double
    /// The probability that a clip most people found good is in a more relevant scene than one they did not; ½ by chance.
    package var area: Estimate
    /// Spearman's correlation of relevance with the mean of people's scores, over the clips of a question.
    package var correlation: Estimate
    /// The share of the clips of P1 scenes that most people found good.
    package var precision: Estimate
    /// The share of the clips that most people found good that are in P1 scenes.
    package var recall: Estimate
    /// The share of all clips that are in P1 scenes.
    package var share: Double
  }

  /// The sources by kind of scenes.
  package let rows: [Row]
  /// How many questions people judged.
  package let questions: Int
  /// The share of clips that most people found good: the precision of any choice by chance.
  package let base: Double

  /// From which score on, 0 … 4, a person finds a clip good.
  static let good = 3.0

  /// Measures every source that there is.
  ///
  /// - Parameters:
  ///   - source: The questions; they must have been judged.
  ///   - settings: Thresholds and limits; its rule and its relevance are those of a row.
  ///   - rules: The kinds of scenes.
  ///   - progress: Is told after each row.
  /// - Throws: `PeakClipError.nothing` where nobody judged anything.
  package init(
    _ source: ClipSource, _ settings: PeakClips.Settings, rules: [SceneSegmentation.Rule],
    progress: (_ done: Int) -> Void = { _ in }
  ) throws {
    let material = try source.material()
    let judged = material.prompts.filter { material.judged[$0.id] != nil }
    guard !judged.isEmpty else { throw PeakClipError.nothing(folder: source.folder) }
    let relevances = Self.sources(of: source)
    var rows: [Row] = []
    var base = 0.0
    for rule in rules {
      for relevance in relevances {
        var settings = settings
        settings.segmentation.rule = rule
        settings.relevance = relevance
        let agreements = try judged.map { try Agreement($0, material, settings) }
        base = mean(agreements.map(\.base))
        rows.append(Row(relevance, rule, agreements))
        progress(rows.count)
      }
    }
    (self.rows, self.base, questions) = (rows, base, judged.count)
  }

  /// Who can be measured; people themselves are the most that scenes allow.
  package static func sources(of source: ClipSource) -> [SceneRelevance] {
    SceneRelevance.allCases.filter { relevance in
      switch relevance {
      case .similarity, .saliency: true
      case .words: source.captions != nil
      case .likelihood: source.captions != nil && source.model != nil
      case .predictions: source.predictions != nil
      }
    }
  }
}

/// What a guess of relevance and people said of one question.
private struct Agreement {
  let video: String
  let scenes: Int
  let area: Double
  let correlation: Double
  let precision: Double
  let recall: Double
  let share: Double
  let base: Double

  init(_ prompt: Prompt, _ material: ClipMaterial, _ settings: PeakClips.Settings) throws {
    let clips = try material.clips(of: prompt, settings)
    let places = prompt.evidence.timestamps.map { time in
      clips.scenes.firstIndex { time < $0.end } ?? clips.scenes.count - 1
    }
    let relevance = places.map { clips.scenes[$0].relevance ?? 0 }
    let isFirst = places.map { clips.scenes[$0].priority == .first }
    let said = material.judged[prompt.id].map { material.saliency($0, prompt) } ?? []
    let isGood = said.map { scores in
      2 * scores.count { $0 >= PeakClipQuality.good } > scores.count
    }
    func share(_ some: [Bool], of all: [Bool]) -> Double {
      Double(zip(some, all).count { $0 && $1 }) / Double(all.count(where: \.self))
    }
    video = prompt.video
    scenes = clips.scenes.count
    area = probabilityOfImprovement(
      from: zip(relevance, isGood).filter { !$1 }.map(\.0),
      to: zip(relevance, isGood).filter(\.1).map(\.0))
    correlation = spearman(relevance, said.map(mean))
    precision = share(isGood, of: isFirst)
    recall = share(isFirst, of: isGood)
    self.share = mean(isFirst.map { $0 ? 1 : 0 })
    base = mean(isGood.map { $0 ? 1 : 0 })
  }
}

extension PeakClipQuality.Row {
  /// Means over questions, with intervals over videos; a question for which a number is none, such as one without a good clip, is left out of it.
  fileprivate init(
    _ relevance: SceneRelevance, _ rule: SceneSegmentation.Rule, _ agreements: [Agreement]
  ) {
    let videos = Dictionary(grouping: agreements, by: \.video).sorted { $0.key < $1.key }
    func estimate(_ value: KeyPath<Agreement, Double>) -> Estimate {
      .mean(ofClusters: videos.map { $0.value.map { $0[keyPath: value] }.filter { !$0.isNaN } })
    }
    self.relevance = relevance
    scenes = rule
    scenesPerVideo = mean(agreements.map { Double($0.scenes) })
    area = estimate(\.area)
    correlation = estimate(\.correlation)
    precision = estimate(\.precision)
    recall = estimate(\.recall)
    share = mean(agreements.map(\.share))
  }
}

extension PeakClipQuality {
  /// The rows in columns.
  package var text: String { headline + "\n\n" + table.aligned }

  /// The rows as a table of Markdown.
  package var markdown: String { headline + "\n\n" + table.markdown }

  private var headline: String {
    "\(questions) questions; most people found \(Quantity.percent(base)) % of the clips good"
  }

  private var table: TextTable {
    var table = TextTable(
      header: [
        "scenes", "a video", "relevance by", "AUC", "Spearman", "precision of P1", "recall",
        "P1 share",
      ])
    table.rows = rows.map { row in
      [
        row.scenes.rawValue, Quantity.decimals(row.scenesPerVideo, 1), row.relevance.rawValue,
        Self.cell(row.area), Self.cell(row.correlation), Self.cell(row.precision),
        Self.cell(row.recall), Quantity.metric(row.share),
      ]
    }
    return table
  }

  private static func cell(_ estimate: Estimate) -> String {
    "\(Quantity.metric(estimate.value)) [\(Quantity.metric(estimate.lower)), "
      + "\(Quantity.metric(estimate.upper))]"
  }
}
