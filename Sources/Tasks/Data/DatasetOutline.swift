internal import Core

/// What the shape of a student and the words of its answers depend on of the data it is trained on.
///
/// A run keeps it (`student.json`), so that its student can be built, and asked, where that data is not.
package struct DatasetOutline: Sendable, Hashable, Codable {
  /// What people call the data.
  package var name: String
  /// N: feature rows a frame.
  package var tokensPerFrame: Int
  /// C: numbers a feature row.
  package var channels: Int
  /// The most frames of a video.
  package var frames: Int
  /// The most rows of a prompt: all of its frames, its tokens and the token before the answer.
  package var longestPrompt: Int
  /// The time between two frames, in seconds.
  package var frameDistance: Double
  /// The length of the longest video, in seconds.
  package var maximumDuration: Double
  /// What brings features to a root mean square of 1.
  package var featureScale: Float
  /// Whether questions are read as one feature row, and not as words.
  package var embedsQueries: Bool
  /// Whether the frames were made knowing the query.
  package var isQueryAware: Bool
  /// The words of all queries.
  package var words: [String]
  /// What is told of the videos, where answers are narrated; `nil` where nobody asked.
  package var events: EventOutline?
  /// Questions of the data, with their options: as many as a codec must see to be the one of the data.
  package var examples: [Example]

  /// A question of the data.
  package struct Example: Sendable, Hashable, Codable {
    /// Its text.
    package var query: String
    /// Its options, where it has any.
    package var options: [String]

    init(_ prompt: Prompt) {
      query = prompt.query
      options = (prompt.truth.first as? Choice)?.options ?? []
    }
  }

  /// The outline of a data set, its queries tokenized.
  ///
  /// - Complexity: Looks at every prompt, and at the features of 64.
  package init(of dataset: Dataset) {
    name = dataset.name
    tokensPerFrame = dataset.tokensPerFrame
    channels = dataset.channels
    frames = dataset.mostFrames
    longestPrompt = dataset.longestPrompt
    frameDistance = dataset.frameDistance
    maximumDuration = dataset.maximumDuration
    featureScale = dataset.featureScale
    embedsQueries = dataset.embedsQueries
    isQueryAware = dataset.isQueryAware
    words = dataset.words
    let all = dataset.all.map(Example.init)
    // A vocabulary of options needs as many letters as the most options, and as many words as the longest option.
    let most = all.max { $0.options.count < $1.options.count }
    let longest = all.max { $0.longestOption < $1.longestOption }
    var examples = [all.first].compactMap(\.self)
    for example in [most, longest].compactMap(\.self) where !example.options.isEmpty {
      if !examples.contains(example) { examples.append(example) }
    }
    self.examples = examples
  }

  /// What is wrong with an outline from a file: a number that no data set has; `nil` where nothing is.
  ///
  /// Memory is asked for by these numbers, and vocabularies are as long as they say.
  package var defect: String? {
    let whole = [
      ("tokensPerFrame", tokensPerFrame, 0...1 << 12), ("channels", channels, 0...1 << 20),
      ("frames", frames, 0...10_000_000), ("longestPrompt", longestPrompt, 1...1_000_000_000),
      ("examples", examples.count, 1...3),
    ]
    for (name, value, range) in whole where !range.contains(value) {
      return "'\(name)' is \(value)"
    }
    let rows = tokensPerFrame * channels
    guard rows <= 1 << 24 else { return "a frame has \(rows) numbers" }
    let real = [
      ("frameDistance", frameDistance, Double.leastNormalMagnitude...1e9),
      ("maximumDuration", maximumDuration, 0...1e9),
      ("featureScale", Double(featureScale), Double.leastNormalMagnitude...1e30),
    ]
    for (name, value, range) in real where !range.contains(value) { return "'\(name)' is \(value)" }
    guard maximumDuration / frameDistance <= 1e7 else { return "a video has too many frames" }
    if let defect = events?.defect { return defect }
    let most = examples.map(\.options.count).max() ?? 0
    return most <= Choice.letters.count ? nil : "a question has \(most) options"
  }

  /// A data set that measures as this one says: its examples, with a frame of zeros each.
  ///
  /// - Precondition: It has no `defect`.
  /// - Throws: `DataError` for an outline that is none.
  package func dataset() throws -> Dataset {
    let frame = FrameFeatures(
      values: [Float](repeating: 0, count: tokensPerFrame * channels),
      tokensPerFrame: tokensPerFrame, channels: channels, timestamps: [0],
      duration: maximumDuration)
    let prompts = examples.enumerated().map { index, example in
      Prompt(
        id: "example-\(index)", video: "example-\(index)", query: example.query,
        queryEmbedding: embedsQueries ? [Float](repeating: 0, count: channels) : nil,
        evidence: channels > 0 ? frame : .none,
        truth: example.options.isEmpty ? [] : [Choice(0, of: example.options)])
    }
    var dataset = try Dataset(
      name: name, train: [], dev: prompts, isQueryAware: isQueryAware)
    dataset.outline = self
    return dataset
  }
}

extension DatasetOutline.Example {
  /// The most words of one of its options.
  fileprivate var longestOption: Int {
    options.map { $0.split(separator: " ").count }.max() ?? 0
  }
}

/// What is measured of a data set for the shape of a student; of one that stands for another, what is known of that.
extension Dataset {
  /// The time between the first two frames of the first video, in seconds; 1 where it has no two.
  package var frameDistance: Double {
    if let outline { return outline.frameDistance }
    let times = (train.first ?? dev.first)?.evidence.timestamps ?? []
    return times.count > 1 ? times[1] - times[0] : 1
  }

  /// Whether questions are read as one feature row, and not as words.
  package var embedsQueries: Bool { (train.first ?? dev.first)?.queryEmbedding != nil }

  /// The words of the queries where they are read as text; none where the data has query embeddings.
  package var queryWords: [String] { embedsQueries ? [] : words }

  /// The most frames of a video.
  package var mostFrames: Int { outline?.frames ?? all.map(\.evidence.frames).max() ?? 0 }

  /// The most rows of a prompt: all of its frames, its tokens and the token before the answer.
  package var longestPrompt: Int {
    if let outline { return outline.longestPrompt }
    return all.map {
      $0.evidence.frames * $0.evidence.tokensPerFrame + $0.tokens.count + 1
    }.max() ?? 1
  }

  /// What brings features to a root mean square of 1, measured on the first prompts to train on.
  package var featureScale: Float {
    if let outline { return outline.featureScale }
    var sum = 0.0
    var count = 0
    for prompt in train.prefix(64) {
      for value in prompt.evidence.values { sum += Double(value * value) }
      count += prompt.evidence.values.count
    }
    guard sum > 0 else { return 1 }
    return Float((Double(count) / sum).squareRoot())
  }
}
