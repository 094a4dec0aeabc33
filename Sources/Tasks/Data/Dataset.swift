public import Core

/// Prompts to train on, to choose settings by and to report on, with a name for exactly this content.
public struct Dataset: Sendable {
  /// What people call it.
  public let name: String

  /// The prompts to train on.
  public var train: [Prompt]

  /// The prompts to report on; no video is in two parts.
  public var dev: [Prompt]

  /// The prompts to choose settings by, so that nothing is chosen on what is reported on; often none.
  public var tune: [Prompt]

  /// Which prompts a run answers when it is evaluated.
  package var part = Part.dev

  /// The parts of a data set that are not trained on.
  package enum Part: String, Codable, Sendable, Hashable, CaseIterable {
    /// What is reported on.
    case dev
    /// What settings are chosen by.
    case tune
  }

  /// Whether the frames were made knowing the query, such as with a channel for their similarity.
  public let isQueryAware: Bool

  /// Where the data is query-aware, each prompt by its id with the frames and the query as they were before one was written
  /// into the other.
  public var filmed: [String: Prompt] = [:]

  /// What is known of the data that this one stands for; `nil` for data itself.
  var outline: DatasetOutline?

  /// A digest of every prompt, in order: ids, queries, right answers, times and features, whatever the tokenizer.
  public let fingerprint: String

  /// Prompts that have been looked at.
  ///
  /// - Parameters:
  ///   - name: What people call the data.
  ///   - train: The prompts to train on.
  ///   - dev: The prompts to report on.
  ///   - tune: The prompts to choose settings by.
  ///   - isQueryAware: Whether the frames were made knowing the query.
  /// - Throws: `DataError.nothingThere`, `.repeatedQuery`, `.wrongWidth`, `.notFinite`, `.sharedVideos` or
  ///   `.impossible`.
  public init(
    name: String, train: [Prompt], dev: [Prompt], tune: [Prompt] = [], isQueryAware: Bool = false
  ) throws {
    guard !(train.isEmpty && dev.isEmpty) else {
      throw DataError.nothingThere(what: "prompts in data set '\(name)'")
    }
    try Self.validate(train + dev + tune, name: name)
    try Self.requireApart(train, dev, name: name)
    try Self.requireApart(train + dev, tune, name: name)
    self.name = name
    self.train = train
    self.dev = dev
    self.tune = tune
    self.isQueryAware = isQueryAware
    fingerprint = Self.fingerprint(train: train, dev: dev, tune: tune)
  }

  /// The prompts a run answers when it is evaluated.
  public var reported: [Prompt] { part == .dev ? dev : tune }

  /// The prompts of every part.
  public var all: [Prompt] { train + dev + tune }

  /// How many feature rows a frame has.
  public var tokensPerFrame: Int { first?.evidence.tokensPerFrame ?? 0 }

  /// How many numbers a feature row has.
  public var channels: Int { first?.evidence.channels ?? 0 }

  /// The length of the longest video, in seconds.
  public var maximumDuration: Double { outline?.maximumDuration ?? all.map(\.duration).max() ?? 0 }

  /// The words of all queries, each once, in ascending order: what a codec needs for `tokenized(with:)`.
  public var words: [String] {
    outline?.words ?? Set(all.flatMap { QueryText.words($0.query) }).sorted()
  }

  /// The same prompts with their queries as tokens, where no embedding carries them.
  ///
  /// - Throws: `DataError.unknownWord` for a word that the tokenizer lacks.
  public func tokenized(with tokenizer: any Tokenizer) throws -> Dataset {
    var copy = self
    func tokenized(_ prompt: Prompt) throws -> Prompt {
      guard prompt.queryEmbedding == nil else { return prompt }
      return try QueryText.tokenized(prompt, with: tokenizer)
    }
    copy.train = try train.map { try tokenized($0) }
    copy.dev = try dev.map { try tokenized($0) }
    copy.tune = try tune.map { try tokenized($0) }
    return copy
  }

  private var first: Prompt? { train.first ?? dev.first }
}

/// The text of queries as words.
package enum QueryText {
  /// The words of a query in lower case, without punctuation.
  package static func words(_ query: String) -> [String] {
    query.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "-") }
      .map { String($0) }
  }

  /// A prompt with its query as tokens.
  ///
  /// - Throws: `DataError.unknownWord` for a word that the tokenizer lacks.
  package static func tokenized(
    _ prompt: Prompt, with tokenizer: any Tokenizer
  ) throws -> Prompt {
    let tokens = try words(prompt.query).map { word in
      guard let token = tokenizer.token(of: word) else {
        let nearest = nearestName(to: word, in: tokenizer.words)
        throw DataError.unknownWord(word: word, prompt: prompt.id, nearest: nearest)
      }
      return token
    }
    var copy = prompt
    copy.tokens = tokens
    return copy
  }
}
