internal import Rollouts
internal import Statistics

/// How well short, middling and long answers are found: from each run's last evaluation.
struct WindowsSection: Sendable {
  let source: ReportSource

  /// One question that one run answered.
  private struct Answer: Sendable {
    var video: String
    var length: Double
    var iou: Double
  }

  var html: String {
    var answered: [(arm: String, answers: [Answer])] = []
    for arm in source.shown { answered.append((arm, answers(arm))) }
    answered.removeAll(where: \.answers.isEmpty)
    guard !answered.isEmpty else { return "" }
    let bins = bins(answered.flatMap { $0.answers.map(\.length) })
    let estimates = answered.map { pair in bins.map { estimate(pair.answers, in: $0) } }
    let scale = IntervalScale(estimates.flatMap { $0.compactMap { $0 } })
    let rows = zip(answered, estimates).map { pair, values in
      [source.label(pair.arm)] + values.map { cell($0, scale, source.color(pair.arm)) }
    }
    return HTML.section(
      "windows", "By length of the answer",
      "Mean intersection over union of the questions whose true window is that long, on one scale"
        + " (\(scale.caption)); intervals resample whole videos.",
      HTML.table(["arm"] + bins.map(title), rows, kind: "windows"))
  }

  private func cell(_ value: Estimate?, _ scale: IntervalScale, _ color: Int) -> String {
    guard let value else { return "–" }
    return scale.svg(value, color: color) + " \(Quantity.metric(value.value))"
  }

  private func title(_ bin: Range<Double>) -> String {
    switch (bin.lowerBound, bin.upperBound) {
    case (0, .infinity): "all"
    case (0, let upper): "under \(Quantity.short(upper)) s"
    case (let lower, .infinity): "\(Quantity.short(lower)) s and longer"
    case (let lower, let upper): "\(Quantity.short(lower))–\(Quantity.short(upper)) s"
    }
  }

  private func answers(_ arm: String) -> [Answer] {
    source.archive.runs(of: arm).flatMap { run in
      RunFile(run.path + "/evaluation.jsonl").lines().compactMap { line in
        guard let iou = line.numbers["iou"], let length = line.numbers["windowLength"] else {
          return nil
        }
        let video = line.texts["video"] ?? line.texts["id"] ?? ""
        return Answer(video: video, length: length, iou: iou)
      }
    }
  }

  /// The borders of QVHighlights, 10 and 30 s, if they part these windows; their tertiles otherwise.
  private func bins(_ lengths: [Double]) -> [Range<Double>] {
    func parted(_ first: Double, _ second: Double) -> [Range<Double>] {
      [0..<first, first..<second, second..<Double.infinity]
    }
    let known = parted(10, 30)
    let least = lengths.count / 20
    if known.allSatisfy({ bin in lengths.count { bin.contains($0) } > least }) { return known }
    let first = quantile(lengths, 1.0 / 3)
    let second = quantile(lengths, 2.0 / 3)
    guard first > 0, first < second else { return [0..<Double.infinity] }
    return parted(first, second).filter { bin in lengths.contains(where: bin.contains) }
  }

  private func estimate(_ answers: [Answer], in bin: Range<Double>) -> Estimate? {
    let inside = answers.filter { bin.contains($0.length) }
    guard !inside.isEmpty else { return nil }
    let videos = Dictionary(grouping: inside, by: \.video).sorted { $0.key < $1.key }
    // The mean of a resample needs only each video's sum and count.
    let sums = videos.map { $0.value.reduce(0) { $0 + $1.iou } }
    let counts = videos.map { Double($0.value.count) }
    let settings = BootstrapSettings(resamples: 400, seed: Seed(0))
    return bootstrap(strata: [videos.count], settings: settings) { choice in
      var sum = 0.0
      var count = 0.0
      for video in choice[0] {
        sum += sums[video]
        count += counts[video]
      }
      return sum / count
    }
  }
}
