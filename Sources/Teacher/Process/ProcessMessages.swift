import Foundation
import Core
import Networks

/// The version of the JSON lines that are exchanged with programs.
let processProtocolVersion = 1

/// What a program is told first.
struct HostHello: Encodable, Sendable {
  var `protocol` = processProtocolVersion

  /// `teacher`, `reward`, `selector`, `curriculum`, `advantage`, `student`, `encoder`, `task` or `data`.
  var kind: String

  /// The digest of the student's vocabulary, its words, and the token that ends a response.
  var vocabulary: String
  var words: [String]
  var end: Token

  /// What a student is made of; `nil` for the others.
  var student: StudentSettings?

  /// What a program is told that has nothing to do with a student's words.
  init(kind: String) {
    self.kind = kind
    (vocabulary, words, end) = ("", [], 0)
  }

  init(kind: String, tokenizer: any Tokenizer, student: StudentSettings? = nil) {
    self.student = student
    self.kind = kind
    self.vocabulary = tokenizer.fingerprint
    words = tokenizer.words
    end = tokenizer.end
  }
}

/// What a program says of itself first.
struct ProgramHello: Decodable, Sendable, Hashable {
  var `protocol`: Int
  var kind: String
  var name: String

  /// A digest of everything its answers depend on besides the request; a program that cannot tell leaves it out.
  var identity: String?

  /// The digest of its vocabulary; a program that uses the words it was told repeats theirs.
  var vocabulary: String

  /// `sampled`, `top` or `full`, with `k` for `top`.
  var support: String?
  var k: Int?

  /// Whether it wants to be sent features.
  var features: Bool?

  /// What it wants to be shown of the frames in view beside features.
  var frames: FramesTold?
  var flopsPerToken: Double?

  /// Whether a selector looks at the question.
  var looksAtQuery: Bool?

  /// Whether a student gives whole rows of logits and takes gradients in them.
  var logits: Bool?

  /// Whether a student compares its distributions with those of weights that it has, and what a token costs in the other model
  /// that it has beside it.
  var divergences: Bool?
  var teacherFlopsPerToken: Double?

  /// Numbers of each row that an encoder makes, and rows a picture.
  var channels: Int?
  var tokensPerFrame: Int?

  /// To how many pixels the longer side of a picture is scaled down for an encoder.
  var side: Int?

  /// Whether an encoder reads texts, too.
  var texts: Bool?

  /// What a curriculum must be told of each candidate, and after how many dealt prompts it chooses anew.
  var needs: [String]?
  var every: Int?

  enum CodingKeys: String, CodingKey {
    case `protocol`, kind, name, identity, vocabulary, support, k, features, frames, logits,
      divergences
    case teacherFlopsPerToken = "teacher_flops_per_token"
    case channels, side, texts, needs, every
    case tokensPerFrame = "tokens_per_frame"
    case flopsPerToken = "flops_per_token"
    case looksAtQuery = "looks_at_query"
  }

  /// How much of a distribution it can give.
  var teacherSupport: TeacherSupport {
    switch support {
    case "full": .full
    case "top": .top(max(1, k ?? 1))
    default: .sampled
    }
  }
}

/// A prompt as a program gets to see it: rewards are told the truth, teachers and selectors are not.
struct WirePrompt: Encodable, Sendable {
  struct Features: Encodable, Sendable {
    var values: String
    var tokensPerFrame: Int
    var channels: Int
    var query: String?

    enum CodingKeys: String, CodingKey {
      case values, channels, query
      case tokensPerFrame = "tokens_per_frame"
    }
  }

  var id: String
  var video: String
  var query: String
  var tokens: [Token]
  var duration: Double
  var timestamps: [Double]
  var captions: [String]?
  var keyframes: [Int]?
  var truth: [AnyAnswer]?
  var features: Features?
  var frames: WireFrames?

  /// The answers to judge: Int32 numbers in base64, one text a response.
  var responses: [String]

  init(_ prompt: Prompt, responses: [[Token]], features wanted: Bool = false) {
    id = prompt.id
    video = prompt.video
    query = prompt.query
    tokens = prompt.tokens
    duration = prompt.duration
    timestamps = prompt.evidence.timestamps
    captions = prompt.evidence.captions
    keyframes = prompt.keyframes
    self.responses = responses.map { Base64.text(integers: $0) }
    guard wanted else { return }
    features = Features(
      values: Base64.text(prompt.evidence.values), tokensPerFrame: prompt.evidence.tokensPerFrame,
      channels: prompt.evidence.channels, query: prompt.queryEmbedding.map { Base64.text($0) })
  }
}

/// A picture as a program gets to see it: red, green and blue of each pixel in base64, rows from the top.
struct WirePicture: Encodable, Sendable {
  var width: Int
  var height: Int
  var pixels: String

  init(_ picture: Picture) {
    (width, height) = (picture.width, picture.height)
    pixels = Data(picture.bytes).base64EncodedString()
  }
}

/// A line to a program.
struct ProcessRequest: Encodable, Sendable {
  struct Score: Encodable, Sendable {
    var support: String
    var k: Int?
    var prompts: [WirePrompt]
  }

  struct Prompts: Encodable, Sendable { var prompts: [WirePrompt] }

  /// Pictures or texts to make rows of.
  struct Encode: Encodable, Sendable {
    var pictures: [WirePicture]?
    var texts: [String]?
  }

  var id: Int?
  var hello: HostHello?
  var score: Score?
  var reward: Prompts?
  var select: Prompts?
  var student: StudentRequest?
  var encode: Encode?
  var curriculum: ProcessCurriculum.Round?
  var advantage: ProcessAdvantage.Groups?
  var judge: ProcessJudge.Answers?
  var data: Data?

  /// The questions of a run are asked for; the seed is the run's.
  struct Data: Encodable, Sendable { var seed: UInt64 }
}

extension ProcessRequest.Score {
  init(support: TeacherSupport, prompts: [WirePrompt]) {
    self.prompts = prompts
    switch support {
    case .sampled: self.support = "sampled"
    case .full: self.support = "full"
    case .top(let k):
      self.support = "top"
      self.k = k
    }
  }
}

/// A line from a program.
struct ProcessAnswer: Decodable, Sendable {
  var id: Int?
  var error: String?
  var hello: ProgramHello?
  var scores: [[WireScore]]?
  var rewards: [[Reward]]?
  var selections: [[Int]]?
  var student: StudentAnswer?

  /// Float32 numbers in base64, one text a picture or text.
  var rows: [String]?

  /// For each group, for each response, one number a token.
  var advantages: [[[Double]]]?

  /// How good each answer is, 0 … 1.
  var qualities: [Double]?

  /// The questions of a run.
  var questions: [ProcessQuestion]?

  /// The prompts of a round, and what to tell the program at the next.
  var taken: [ProcessCurriculum.Verdict]?
  var state: String?
}
