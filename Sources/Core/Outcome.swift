/// What became of one question of an evaluation: a line of `evaluation.jsonl`.
public struct Outcome: Sendable, Encodable {
  /// Some of the questions, among which runs are compared apart.
  public struct Group: Sendable, Hashable, Codable {
    /// What people call it.
    public var title: String
    /// Its place among the others.
    public var order: Int

    /// A group with its place.
    public init(_ title: String, order: Int) {
      self.title = title
      self.order = order
    }
  }

  /// The question.
  public var id: String
  /// What statistics resample: the questions of one video are drawn together.
  public var cluster: String
  /// How good the answer is, 0 … 1.
  public var quality: Double
  /// Further numbers, by name.
  public var metrics: [String: Double]
  /// The group of the question, by what questions are parted by: `"length of the answer"`.
  public var groups: [String: Group]
  /// What was answered; `nil` where the response could not be read.
  public var predicted: (any Answer)?
  /// The right answers.
  public var truth: [any Answer]

  /// What became of a question.
  public init(
    _ answer: (any Answer)?, to prompt: Prompt, quality: Double,
    metrics: [String: Double] = [:], groups: [String: Group] = [:]
  ) {
    id = prompt.id
    cluster = prompt.video
    self.quality = quality
    self.metrics = metrics
    self.groups = groups
    predicted = answer
    truth = prompt.truth
  }

  private enum Key: String, CodingKey {
    case id, cluster, quality, metrics, groups, predicted, truth
  }

  /// Writes the line; what is empty is left out.
  public func encode(to encoder: any Encoder) throws {
    var line = encoder.container(keyedBy: Key.self)
    try line.encode(id, forKey: .id)
    try line.encode(cluster, forKey: .cluster)
    try line.encode(quality, forKey: .quality)
    if !metrics.isEmpty { try line.encode(metrics, forKey: .metrics) }
    if !groups.isEmpty { try line.encode(groups, forKey: .groups) }
    if let predicted { try line.encode(AnyAnswer(predicted), forKey: .predicted) }
    try line.encode(truth.map(AnyAnswer.init), forKey: .truth)
  }
}

/// An answer of any type in its coded form, for lines of logs.
package struct AnyAnswer: Encodable, Sendable {
  private let answer: any Answer

  /// An answer to be written.
  package init(_ answer: any Answer) { self.answer = answer }

  /// Writes the answer as its own type does.
  package func encode(to encoder: any Encoder) throws { try answer.encode(to: encoder) }
}
