package import Core

/// What keeps a selector from choosing frames.
package enum KeyframeError: ExplainedError, Hashable {
  /// A video without a single frame.
  case noFrames(video: String)
  /// A feature that is NaN or infinite, with the first frame that has one.
  case notFinite(video: String, frame: Int)
  /// A parameter outside its range; `allowed` says the range in words.
  case parameter(selector: String, name: String, value: String, allowed: String)
  /// Both a budget and a ratio were given.
  case budgetAndRatio(selector: String, budget: Int, ratio: Double)
  /// A query-aware selector met a prompt without a query embedding.
  case noQueryEmbedding(selector: String, prompt: String)
  /// The query embedding and the frames have different widths.
  case queryWidth(prompt: String, expected: Int, received: Int)
  /// A query embedding has a number that is NaN or infinite.
  case queryNotFinite(prompt: String)
  /// The oracle met a prompt without a true window.
  case noTruth(prompt: String)
  /// A stream was given a frame of another size.
  case frameSize(frame: Int, expected: Int, received: Int)
  /// A stream ended with another number of frames than was announced.
  case frameCount(expected: Int, received: Int)

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .noFrames(let video): "Video '\(video)' has no frames to choose from."
    case .notFinite(let video, let frame):
      "Frame \(frame) of video '\(video)' has a feature that is not a finite number."
    case .parameter(let selector, let name, let value, let allowed):
      "The selector '\(selector)' was given \(name) = \(value), but it must be \(allowed)."
    case .budgetAndRatio(let selector, let budget, let ratio):
      "The selector '\(selector)' was given both budget = \(budget) and ratio = \(ratio)."
    case .noQueryEmbedding(let selector, let prompt):
      "The selector '\(selector)' reads the query, but prompt '\(prompt)' has no query embedding."
    case .queryWidth(let prompt, let expected, let received):
      "The query of prompt '\(prompt)' has \(received) channels, but its frames have \(expected)."
    case .queryNotFinite(let prompt):
      "The query of prompt '\(prompt)' has a feature that is not a finite number."
    case .noTruth(let prompt):
      "The oracle was asked about prompt '\(prompt)', whose true window nobody knows."
    case .frameSize(let frame, let expected, let received):
      "Frame \(frame) of the stream has \(received) features, but \(expected) were expected."
    case .frameCount(let expected, let received):
      "The stream ended after \(received) frames, but \(expected) were announced."
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .noFrames: "Check that the video or feature file is complete."
    case .notFinite: "Extract the features of this video again, or leave it out."
    case .parameter: "Change the value in the configuration."
    case .budgetAndRatio: "Give one of the two."
    case .noQueryEmbedding:
      "Use data with query embeddings (`opd keyframes` makes one by --features with their --encoder), or a query-blind selector."
    case .queryWidth: "Embed queries and frames with the same model."
    case .queryNotFinite: "Embed the query again, or leave the prompt out."
    case .noTruth: "Use the oracle on annotated data only."
    case .frameSize: "Describe every frame of a video with the same model."
    case .frameCount: "Announce the true number of frames, or select by budget."
    }
  }

  /// A usage error for parameters, bad input for data.
  package var exitStatus: ExitStatus {
    switch self {
    case .parameter, .budgetAndRatio: .usage
    default: .badInput
    }
  }
}
