import Core
import Testing

@testable import TAD

@Suite("Errors of selectors")
struct KeyframeErrorTests {
  @Test("name the frame that is not finite", arguments: [Float.nan, .infinity, -.infinity])
  func notFinite(bad: Float) throws {
    let features = walk(frames: 40)
    var values = features.values
    values[17 * 24 + 5] = bad
    let broken = FrameFeatures(
      values: values, tokensPerFrame: 3, channels: 8, timestamps: features.timestamps,
      duration: features.duration)
    for reading in FeatureReading.allCases {
      var parameters = TemporalApexDistillation.Parameters()
      parameters.features = reading
      let selector = try TemporalApexDistillation(parameters)
      let said = message { _ = try selector.select([prompt(broken, video: "cat")], seed: Seed(0)) }
      #expect(
        said == """
          Frame 17 of video 'cat' has a feature that is not a finite number. Extract the features \
          of this video again, or leave it out.
          """)
    }
  }

  @Test("refuse a video without frames")
  func noFrames() {
    let empty = FrameFeatures(
      values: [], tokensPerFrame: 1, channels: 4, timestamps: [], duration: 0)
    let said = message {
      _ = try UniformKeyframes().select([prompt(empty, video: "x")], seed: Seed(0))
    }
    #expect(
      said == """
        Video 'x' has no frames to choose from. Check that the video or feature file is complete.
        """)
  }

  @Test("refuse an even window, a budget of 0, a ratio of 0 and two answers to one question")
  func parameters() {
    func said(_ change: (inout TemporalApexDistillation.Parameters) -> Void) -> String {
      var parameters = TemporalApexDistillation.Parameters()
      change(&parameters)
      return message { _ = try TemporalApexDistillation(parameters) }
    }
    #expect(
      said { $0.window = 4 } == """
        The selector 'tad' was given window = 4, but it must be odd and at least 1. Change the value \
        in the configuration.
        """)
    #expect(said { $0.budget = 0 }.contains("budget = 0, but it must be at least 1"))
    #expect(said { $0.ratio = 0 }.contains("ratio = 0.0, but it must be above 0 and at most 1"))
    #expect(said { $0.omega = .nan }.contains("omega = nan"))
    #expect(
      said {
        $0.budget = 4
        $0.ratio = 0.5
      } == """
        The selector 'tad' was given both budget = 4 and ratio = 0.5. Give one of the two.
        """)
  }
}
