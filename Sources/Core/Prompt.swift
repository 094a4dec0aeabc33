/// Which input of a question a policy is given: the question itself, or one made from it for comparison.
///
/// It is no part of the question's id, so that whoever looks a question up finds it, whatever the input.
public enum PromptVariant: String, Sendable, Hashable, Codable {
  /// The question with its frames in order.
  case ordered
  /// The same question with frames in disorder.
  case disordered
  /// The very same input once more, for an independent draw.
  case placebo
}

/// The frames and the query of a question, the one written into the other.
package struct MarkedFrames: Sendable {
  /// The frames.
  package let evidence: FrameFeatures
  /// The query as a feature row, if the data has it.
  package let queryEmbedding: [Float]?

  /// Frames and query.
  package init(evidence: FrameFeatures, queryEmbedding: [Float]?) {
    self.evidence = evidence
    self.queryEmbedding = queryEmbedding
  }
}

/// A question about a video: what the policy reads, and what is known about the right answer.
///
/// `evidence` holds every frame that was extracted; `keyframes` says which of them the policy gets to see. A teacher may
/// look at all of them.
public struct Prompt: Sendable, Identifiable {
  /// A name that no other prompt of the data set has.
  public let id: String

  /// The video the question is about; questions about one video form a cluster in every statistic.
  public let video: String

  /// The question as text.
  public let query: String

  /// The question as tokens of the student's vocabulary; may be empty when `queryEmbedding` carries it.
  public var tokens: [Token]

  /// The question as one feature row in the space of the frames, if the data has it.
  public var queryEmbedding: [Float]?

  /// All frames that were extracted from the video.
  public var evidence: FrameFeatures

  /// The right answers, of the type that the task brings; empty where nobody knows.
  public var truth: [any Answer]

  /// The frames of `evidence` that the policy sees, in the order it sees them; `nil` means all.
  public var keyframes: [Int]?

  /// What the rows of each keyframe are multiplied by on their way into the policy, one a keyframe; `nil` where they go in
  /// as they are.
  public var gates: [Double]?

  /// What a student is shown in place of `evidence` and `queryEmbedding`, where the data wrote the question into its frames: only
  /// of a prompt that holds them as they were filmed.
  package var marked: MarkedFrames?

  /// What happens in the video, in time order; `nil` where the data does not say.
  ///
  /// No student is shown it: a codec of narrated answers writes it before the right one.
  public var events: [VideoEvent]?

  /// A right answer that whoever reads the prompt may see; `nil` for a student.
  public var hint: (any Answer)?

  /// Which input of the question this is.
  public var variant = PromptVariant.ordered

  /// The question that this one was made from, where its video was changed; `nil` for one that was asked as it is.
  package var origin: PromptOrigin?

  /// A question about a video.
  public init(
    id: String, video: String, query: String, tokens: [Token] = [],
    queryEmbedding: [Float]? = nil, evidence: FrameFeatures, truth: [any Answer],
    keyframes: [Int]? = nil, gates: [Double]? = nil
  ) {
    self.id = id
    self.video = video
    self.query = query
    self.tokens = tokens
    self.queryEmbedding = queryEmbedding
    self.evidence = evidence
    self.truth = truth
    self.keyframes = keyframes
    self.gates = gates
  }

  /// The length of the video, in seconds.
  public var duration: Double { evidence.duration }

  /// What the policy sees: the keyframes with their true times, or everything.
  public var visible: FrameFeatures {
    keyframes.map { evidence.selecting($0) } ?? evidence
  }

  /// The same question with the frames that a student is shown in place of those that were filmed.
  public var asShown: Prompt {
    guard let marked else { return self }
    var copy = self
    copy.evidence = marked.evidence
    copy.queryEmbedding = marked.queryEmbedding
    copy.marked = nil
    return copy
  }

  /// The name of the stream from which answers to this input are drawn: each input of a question has its own.
  public var stream: String { variant == .ordered ? id : "\(id)#\(variant.rawValue)" }

  /// The same question with other frames in view, in the order given; a kept frame takes its gate with it, and one that had
  /// none goes in as it is.
  public func showing(_ frames: [Int]) -> Prompt {
    var copy = self
    copy.keyframes = frames
    if let gates {
      let known = Dictionary(
        zip(keyframes ?? Array(0..<evidence.frames), gates), uniquingKeysWith: { first, _ in first }
      )
      copy.gates = frames.map { known[$0] ?? 1 }
    }
    return copy
  }

  /// The same question with all the evidence in view.
  public var withAllEvidence: Prompt {
    var copy = self
    copy.keyframes = nil
    copy.gates = nil
    return copy
  }
}
