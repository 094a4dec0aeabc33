package import Core
package import Foundation

/// What a student is made of, as its program is told first.
package struct StudentSettings: Codable, Sendable, Hashable {
  /// The base model: a name or folder that the program understands.
  package var base: String
  /// The rank of a low-rank adapter; 0 trains all weights.
  package var rank: Int
  /// What fresh weights depend on.
  package var seed: Int
  /// The folder in which states are kept.
  package var states: String
  /// Numbers of each row of features that comes with a prompt; `nil` where none does.
  package var channels: Int?
  /// What is told of frames; `nil` where nothing is.
  package var frames: FramesTold?
  /// Another model that is held beside the student; `nil` for none.
  package var teacher: String?

  package init(
    base: String, rank: Int, seed: Int, states: String, channels: Int? = nil,
    frames: FramesTold? = nil, teacher: String? = nil
  ) {
    self.frames = frames
    self.teacher = teacher
    self.base = base
    self.rank = rank
    self.seed = seed
    self.states = states
    self.channels = channels
  }
}

/// What a student's program is told of the frames in view.
package enum FramesTold: String, Sendable, Codable, CaseIterable {
  /// Nothing.
  case none
  /// The video's name and the times of the frames.
  case times
  /// Their rows of features, too.
  case features
  /// The path of the video's file, too, for a program that opens it.
  case files
  /// The frames as pictures, too.
  case pixels

  /// Whether the videos' files have to be known.
  package var needsVideos: Bool { self == .files || self == .pixels }
}

/// The frames in view of a prompt, as a student's program gets to see them.
package struct WireFrames: Encodable, Sendable {
  package var video: String
  /// Seconds.
  package var duration: Double
  /// The time of each frame in view, seconds.
  package var times: [Double]
  /// Rows of features, frame after frame.
  package var features: WireReals?
  package var tokensPerFrame: Int?
  /// The question as a row of features, where the data has it.
  package var query: WireReals?
  /// Where the video's file is.
  package var file: String?
  /// The frames in view as JPEG files, in base64.
  package var pictures: [Data]?
  /// How many tokens of the prompt come before the pictures.
  package var place: Int?

  enum CodingKeys: String, CodingKey {
    case video, duration, times, features, query, file, pictures, place
    case tokensPerFrame = "tokens_per_frame"
  }

  /// The frames in view; `nil` where a program is told nothing.
  package init?(_ prompt: Prompt, told: FramesTold) {
    guard told != .none else { return nil }
    let visible = prompt.visible
    (video, duration, times) = (prompt.video, prompt.duration, visible.timestamps)
    guard told == .features else { return }
    features = WireReals(visible.values)
    tokensPerFrame = visible.tokensPerFrame
    query = prompt.queryEmbedding.map { WireReals($0) }
  }
}

/// What a student is asked: `operation` says which of the other fields are there.
package struct StudentRequest: Encodable, Sendable {
  /// What is to be done.
  package enum Operation: String, Codable, Sendable {
    case sample, forward, logits, train, save, load, digest
    /// Log-probabilities of the response, and divergences from a teacher.
    case compare
    /// Moments become zero.
    case reset
  }

  /// A prompt to answer.
  package struct Question: Encodable, Sendable {
    package var tokens: WireIntegers
    /// The stream of the prompt; a slot's is derived from it.
    package var seed: UInt64
    package var frames: WireFrames?

    package init(tokens: [Token], seed: UInt64, frames: WireFrames? = nil) {
      self.tokens = WireIntegers(tokens)
      self.seed = seed
      self.frames = frames
    }
  }

  /// A response with its targets, and what is to be done with them.
  package struct Datum: Encodable, Sendable {
    package var prompt: WireIntegers
    package var frames: WireFrames?
    package var response: WireIntegers
    /// Targets one position after the other, and how many each has.
    package var targets: WireIntegers?
    package var counts: WireIntegers?
    package var slopes: WireReals?
    /// ∂loss/∂logits, T·V.
    package var rows: WireReals?
    /// Whose distributions the student's are compared with, and how.
    package var teacher: Teacher?
    package var divergences: [Divergence]?

    package init(
      prompt: [Token], frames: WireFrames? = nil, response: [Token], targets: [[Token]]? = nil
    ) {
      self.prompt = WireIntegers(prompt)
      self.frames = frames
      self.response = WireIntegers(response)
      self.targets = targets.map { WireIntegers($0.flatMap { $0 }) }
      counts = targets.map { WireIntegers($0.map(\.count)) }
    }
  }

  /// Weights that the program has, on a prompt.
  package struct Teacher: Encodable, Sendable {
    /// The name of a saved state, or `teacher` for the other model.
    package var weights: String
    package var temperature: Double
    package var prompt: WireIntegers
    package var frames: WireFrames?

    package init(weights: String, temperature: Double, prompt: [Token], frames: WireFrames?) {
      self.weights = weights
      self.temperature = temperature
      self.prompt = WireIntegers(prompt)
      self.frames = frames
    }
  }

  /// A divergence over the whole vocabulary with its weight at each position.
  package struct Divergence: Encodable, Sendable {
    /// `reverse_kl`, `forward_kl` or `jensen_shannon`.
    package var kind: String
    /// β and whether the divergence is divided by β(1 − β), for `jensen_shannon`.
    package var beta: Double?
    package var normalised: Bool?
    package var weights: WireReals

    package init(_ kind: String, beta: Double? = nil, normalised: Bool? = nil, weights: [Double]) {
      self.kind = kind
      self.beta = beta
      self.normalised = normalised
      self.weights = WireReals(weights.map { Float($0) })
    }
  }

  /// A step of AdamW; the program clips.
  package struct Step: Encodable, Sendable {
    package var number: Int
    package var rate: Double
    package var beta1: Double
    package var beta2: Double
    package var epsilon: Double
    package var decay: Double
    package var clip: Double?

    package init(
      number: Int, rate: Double, betas: (Double, Double), epsilon: Double, decay: Double,
      clip: Double?
    ) {
      (self.number, self.rate, self.epsilon, self.decay) = (number, rate, epsilon, decay)
      (beta1, beta2) = betas
      self.clip = clip
    }
  }

  package var operation: Operation
  /// A saved state to answer with instead of what is trained.
  package var weights: String?
  package var questions: [Question]?
  package var group: Int?
  package var length: Int?
  /// The tokens that end a response; none lets all go on.
  package var ends: [Token]?
  package var temperature: Double?
  package var data: [Datum]?
  package var step: Step?
  /// The state to load, and whether with moments.
  package var name: String?
  package var moments: Bool?

  package init(_ operation: Operation) { self.operation = operation }
}

/// What a student answers.
package struct StudentAnswer: Decodable, Sendable {
  /// A sampled response.
  package struct Response: Decodable, Sendable {
    package var tokens: WireIntegers
    package var logprobs: WireReals
  }

  package var responses: [[Response]]?
  /// log π of the targets of each datum, or its logits, or log π of its response and then each divergence's values.
  package var values: [WireReals]?
  package var norm: Double?
  package var applied: Bool?
  package var name: String?
  package var digest: String?
  package var updates: Int?
}
