import Networks
import Foundation
import Core
import Tensors
import Testing

/// Eight frames of two tokens, a frame a second; some are shown.
private func prompt(
  showing frames: [Int], query: [Float]? = nil, shift: Double = 0
) -> Prompt {
  Prompt(
    id: "q", video: "v", query: "", tokens: [3, 1], queryEmbedding: query,
    evidence: FrameFeatures(
      values: (0..<48).map { Float($0 % 7) }, tokensPerFrame: 2, channels: 3,
      timestamps: (0..<8).map { Double($0) + 0.5 + shift }, duration: 8),
    truth: [], keyframes: frames)
}

private func encoder(timeSteps: Int?) -> PromptEncoder {
  PromptEncoder(channels: 3, tokensPerFrame: 2, timeOctaves: 2, timeSteps: timeSteps)
}

@Suite("Where the frames of a prompt stand")
struct FramePositionTests {
  @Test("without time steps at the numbers of their rows, whatever their times are")
  func rows() throws {
    let rows = try encoder(timeSteps: nil).rows(prompt(showing: [2, 7], query: [1, 0, 1]))
    #expect(rows.featurePositions == [0, 1, 2, 3, 4])
    #expect(rows.firstTokenPosition == 5 && rows.responsePosition == 7)
  }

  @Test("with time steps at their times: the tokens of a frame together, the query at the end")
  func times() throws {
    let rows = try encoder(timeSteps: 16).rows(prompt(showing: [2, 7], query: [1, 0, 1]))
    #expect(rows.featurePositions == [5, 5, 15, 15, 16])
    #expect(rows.firstTokenPosition == 17 && rows.responsePosition == 19)
    let wordsAlone = try encoder(timeSteps: 16).rows(prompt(showing: [2, 7]))
    #expect(wordsAlone.firstTokenPosition == 16)
  }

  @Test("with time steps a frame stands where it stands among any others, and so does the answer")
  func others() throws {
    let encoder = encoder(timeSteps: 8)
    let few = try encoder.rows(prompt(showing: [3]))
    let many = try encoder.rows(prompt(showing: [0, 1, 3, 4, 6]))
    #expect(few.featurePositions[0] == 3 && many.featurePositions[4] == 3)
    #expect(few.responsePosition == many.responsePosition)
  }

  @Test("with time steps a frame that is moved in time stands elsewhere, within the video")
  func moved() throws {
    let encoder = encoder(timeSteps: 8)
    #expect(try encoder.rows(prompt(showing: [3], shift: 2)).featurePositions == [5, 5])
    #expect(try encoder.rows(prompt(showing: [7], shift: 2)).featurePositions == [7, 7])
    #expect(try encoder.rows(prompt(showing: [0], shift: -2)).featurePositions == [0, 0])
  }

  @Test(
    "a question that comes first stands before every frame, and the answer after the video",
    arguments: [nil, 16])
  func questionFirst(timeSteps: Int?) throws {
    var encoder = encoder(timeSteps: timeSteps)
    let after = try encoder.rows(prompt(showing: [2, 7], query: [1, 0, 1]))
    encoder.questionFirst = true
    let rows = try encoder.rows(prompt(showing: [2, 7], query: [1, 0, 1]))
    let width = encoder.width
    #expect(rows.tokens == [0, 3, 1, 0, 0, 0, 0] && rows.featurePlaces == [0, 3, 4, 5, 6])
    let places = timeSteps == nil ? [3, 4, 5, 6] : [8, 8, 18, 18]
    #expect(rows.spots.map(\.time) == [0, 1, 2] + places)
    #expect(rows.responsePosition == after.responsePosition && rows.count == after.count)
    #expect(rows.features == after.features.suffix(width) + after.features.dropLast(width))
  }

  @Test(
    "a time lies between the frames before and after it, whatever their order; at the ends and behind the video it lacks some"
  )
  func places() throws {
    var encoder = encoder(timeSteps: nil)
    #expect(try encoder.rows(prompt(showing: [2, 7])).targets == .init())
    encoder.timeTokens = TimeTokens(times: 11, step: 1)
    // Frames at 2.5 and 7.5 s of two rows each, the second of which stands for the frame.
    func places(_ frames: [Int], query: [Float]? = nil) throws -> [[Int?]] {
      try encoder.rows(prompt(showing: frames, query: query)).targets.places.map {
        [$0.before, $0.after]
      }
    }
    let expected: [[Int?]] =
      Array(repeating: [nil, 1], count: 3) + Array(repeating: [1, 3], count: 5)
      + [[3, nil]]
    #expect(try places([2, 7]) == expected)
    let swapped = [1: 3, 3: 1]
    #expect(try places([7, 2]) == expected.map { $0.map { $0.flatMap { swapped[$0] } } })
    encoder.questionFirst = true
    #expect(
      try places([2, 7], query: [1, 0, 1]) == expected.map { $0.map { $0.map { $0 + 1 } } })
  }

  @Test("a stretch of time has the frames at its ends and those inside")
  func stretches() throws {
    var encoder = encoder(timeSteps: nil)
    encoder.timeTokens = TimeTokens(times: 6, step: 2, areStretches: true)
    let targets = try encoder.rows(prompt(showing: [6, 0, 3])).targets
    // In time: row 3 (frame 0), row 5 (frame 3), row 1 (frame 6); at .5, 3.5 and 6.5 s of 8.
    #expect(targets.order == [3, 5, 1])
    let names = (0..<6).flatMap { start in ((start + 1)..<6).map { (start, $0) } }
    #expect(targets.places.count == names.count)
    for ((start, end), place) in zip(names, targets.places) {
      let inside = [0.5, 3.5, 6.5].indices.filter {
        let time = [0.5, 3.5, 6.5][$0]
        return end <= 4 && time >= 2 * Double(start) && time < 2 * Double(end)
      }
      #expect(Array(place.inside) == inside, "\(start) to \(end)")
      #expect(place.after == inside.first.map { targets.order[$0] })
      #expect(place.before == inside.last.map { targets.order[$0] })
    }
  }

  @Test("an encoder that was written before there were time steps counts rows")
  func olderForm() throws {
    let text = #"{"channels":3,"tokensPerFrame":2,"timeOctaves":2,"scale":1}"#
    let read = try JSONDecoder().decode(PromptEncoder.self, from: Data(text.utf8))
    #expect(read == encoder(timeSteps: nil))
  }
}
