package import Core

/// Multiple choice about videos whose frames have captions, made from questions about moments.
package enum CaptionChoice {
  /// What a question is about.
  package enum Topic: String, Codable, Sendable, Hashable, CaseIterable {
    /// Which of some descriptions of moments by people is of this video; the others are of other videos.
    case moment
    /// Which of some captions of the video belongs into a stretch of it.
    case window
    /// Which of two captions of the video comes first.
    case first
  }

  /// What is asked, and how.
  package struct Options: Sendable, Hashable {
    /// What questions are about, each of them once a moment.
    package var topics: [Topic]
    /// How many options a question has; of `first` there are two.
    package var count: Int
    /// From which wrong options and their order are drawn.
    package var seed: Seed

    /// What is asked, and how.
    package init(topics: [Topic] = Topic.allCases, count: Int = 4, seed: Seed = Seed(0)) {
      self.topics = topics
      self.count = count
      self.seed = seed
    }
  }

  /// The questions with options that a data set of moments allows: a moment that allows fewer has fewer.
  ///
  /// Answers say where they are seen. The embedding of a question is the mean of what is known of its options, which it names.
  ///
  /// - Parameters:
  ///   - base: Questions whose right answers are stretches, and whose frames have captions.
  ///   - options: What is asked, and how.
  /// - Returns: The questions, parts as they were.
  /// - Throws: `ChoiceError.noCaptions` or `.queryAware`, or `DataError.nothingThere` where nothing can be asked.
  package static func dataset(of base: Dataset, _ options: Options = Options()) throws -> Dataset {
    guard !base.isQueryAware else { throw ChoiceError.queryAware(data: base.name) }
    for prompt in base.all where prompt.evidence.captions == nil {
      throw ChoiceError.noCaptions(prompt: prompt.id)
    }
    func questions(_ part: [Prompt]) -> [Prompt] {
      part.flatMap { prompt in
        var examiner = CaptionExaminer(
          prompt: prompt, others: part, options: options,
          generator: options.seed.derived("caption.choice.\(prompt.id)").generator())
        return options.topics.compactMap { examiner.question($0) }
      }
    }
    let dev = questions(base.dev)
    guard !dev.isEmpty else {
      throw DataError.nothingThere(
        what: "questions about \(options.topics.map(\.rawValue).joined(separator: ", "))")
    }
    return try Dataset(
      name: "\(base.name)-choice", train: questions(base.train), dev: dev,
      tune: questions(base.tune))
  }
}

/// Asks questions with options about one moment of a video.
private struct CaptionExaminer {
  let prompt: Prompt
  let others: [Prompt]
  let options: CaptionChoice.Options
  var generator: SeededGenerator

  /// Something that may be right or wrong, with its row among the features, if there is one.
  struct Option {
    var text: String
    var row: [Float]?
  }

  mutating func question(_ topic: CaptionChoice.Topic) -> Prompt? {
    switch topic {
    case .moment: moment()
    case .window: window()
    case .first: first()
    }
  }

  private mutating func moment() -> Prompt? {
    let right = Option(text: prompt.query, row: prompt.queryEmbedding)
    let strangers = others.filter { $0.video != prompt.video }.shuffled(using: &generator)
    let wrong = different(
      strangers.map { Option(text: $0.query, row: $0.queryEmbedding) }, from: [prompt.query])
    return asked(
      "which of these happens in the video", right, wrong, .moment, seen: prompt.stretches)
  }

  private mutating func window() -> Prompt? {
    guard let stretch = prompt.stretches.first, let middle = frame(at: stretch) else { return nil }
    let inside = frames.filter { stretch.start <= times[$0] && times[$0] < stretch.end }
    let outside = frames.filter { !inside.contains($0) }.shuffled(using: &generator)
    let wrong = different(
      outside.map { option($0) }, from: Set(inside.map { captions[$0] } + [captions[middle]]))
    return asked(
      "what is seen from \(seconds(stretch.start)) to \(seconds(stretch.end)) s", option(middle),
      wrong, .window, seen: [stretch])
  }

  private mutating func first() -> Prompt? {
    guard let stretch = prompt.stretches.first, let here = frame(at: stretch) else { return nil }
    func places(_ frame: Int) -> [Int] { frames.filter { captions[$0] == captions[frame] } }
    let own = places(here)
    // A caption that is said before and after the other one would be no answer.
    let apart = frames.filter { frame in
      let its = places(frame)
      guard let last = its.last, let begin = its.first, let ownLast = own.last else { return false }
      return last < own[0] || ownLast < begin
    }
    guard let there = apart.randomElement(using: &generator) else { return nil }
    let ordered = [here, there].sorted()
    return asked(
      "which of these is seen first", option(ordered[0]), [option(ordered[1])], .first,
      seen: ordered.map { clip($0) })
  }

  /// Up to as many wrong options as are wanted, with texts that differ from others and each other.
  private func different(
    _ candidates: some Sequence<Option>, from known: Set<String>
  ) -> [Option] {
    var known = known
    var result: [Option] = []
    for candidate in candidates where known.insert(candidate.text).inserted {
      result.append(candidate)
      if result.count == options.count - 1 { break }
    }
    return result
  }

  private mutating func asked(
    _ question: String, _ right: Option, _ wrong: [Option], _ topic: CaptionChoice.Topic,
    seen: [Interval]
  ) -> Prompt? {
    guard wrong.count == (topic == .first ? 1 : options.count - 1) else { return nil }
    let all = ([right] + wrong).shuffled(using: &generator)
    let texts = all.map(\.text)
    guard let index = texts.firstIndex(of: right.text) else { return nil }
    return Prompt(
      id: "\(prompt.id)-\(topic.rawValue)", video: prompt.video,
      query: Choice.question(question, with: texts), queryEmbedding: mean(all.map(\.row)),
      evidence: prompt.evidence,
      truth: [
        Choice(
          index, of: texts, topic: topic.rawValue,
          clips: ClipList(seen.map { ClipList.Clip($0, .first) }))
      ])
  }

  private var frames: Range<Int> { 0..<prompt.evidence.frames }
  private var times: [Double] { prompt.evidence.timestamps }
  private var captions: [String] { prompt.evidence.captions ?? [] }

  private func option(_ frame: Int) -> Option {
    let pooled = prompt.evidence.selecting([frame]).pooled()
    return Option(text: captions[frame], row: pooled.values)
  }

  private func frame(at stretch: Interval) -> Int? {
    let middle = (stretch.start + stretch.end) / 2
    return frames.min { abs(times[$0] - middle) < abs(times[$1] - middle) }
  }

  /// What lies around a frame, up to halfway to its neighbours.
  private func clip(_ frame: Int) -> Interval {
    let before = frame > 0 ? (times[frame - 1] + times[frame]) / 2 : 0
    let after =
      frame + 1 < times.count ? (times[frame] + times[frame + 1]) / 2 : prompt.duration
    return Interval(before, after)
  }

  private func seconds(_ time: Double) -> String {
    time == time.rounded() ? "\(Int(time))" : "\(time)"
  }

  private func mean(_ rows: [[Float]?]) -> [Float]? {
    let rows = rows.compactMap(\.self)
    guard let width = rows.first?.count, width == prompt.evidence.channels else { return nil }
    return (0..<width).map { channel in
      rows.reduce(0) { $0 + $1[channel] } / Float(rows.count)
    }
  }
}
