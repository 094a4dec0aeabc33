import Core
import Testing

/// A format's text, where no frames are shown.
private func text(_ format: PromptFormat, _ prompt: Prompt) -> String {
  format.parts(for: prompt).map { if case .text(let text) = $0 { text } else { "" } }.joined()
}

@Suite("A format of prompts")
struct PromptFormatTests {
  @Test("is cut where frames are shown, and nowhere else")
  func parts() {
    let prompt = Prompt(
      id: "a", video: "a", query: "what is in {frames}", evidence: .none, truth: [])
    func parts(_ text: String) -> [PromptPart] { PromptFormat(text).parts(for: prompt) }
    #expect(parts("{query}?") == [.text("what is in {frames}?")])
    #expect(
      parts("Look: {frames}{query}") == [.text("Look: "), .frames, .text("what is in {frames}")])
    #expect(parts("{frames}") == [.frames] && parts("").isEmpty)
    #expect(parts("{frames} {frames") == [.frames, .text(" {frames")])
    #expect(PromptFormat("a {frames} b {frames}").framePlaces == 2)
    let read: [PromptPart] = [.tokens([1, 2]), .frames, .tokens([3])]
    #expect(read.tokens == [1, 2, 3])
    #expect(read.aroundFrames.before == [1, 2] && read.aroundFrames.after == [3])
    #expect([PromptPart.tokens([1])].aroundFrames.after == [1])
  }

  @Test("fills each place once, and not what filled it")
  func fills() {
    var prompt = Prompt(
      id: "a", video: "a", query: "write {answer} and {query}", evidence: .none, truth: [])
    let format = PromptFormat("{query} in {duration} s, {other}: {answer}{")
    #expect(text(format, prompt) == "write {answer} and {query} in 0.0 s, {other}: {")
    prompt.hint = Interval(1, 2)
    #expect(
      text(format, prompt)
        == "write {answer} and {query} in 0.0 s, {other}: \(Interval(1, 2).text){")
  }

  @Test("says what is said of the frames in view, in their order, with their own times")
  func captions() {
    let evidence = FrameFeatures(
      values: [1, 2, 3], tokensPerFrame: 1, channels: 1, timestamps: [1, 3.2, 5], duration: 6,
      captions: ["a dog", "a {query}", "rain"])
    var prompt = Prompt(id: "a", video: "a", query: "when", evidence: evidence, truth: [])
    let format = PromptFormat("{captions}|{query}")
    #expect(text(format, prompt) == "1: a dog\n3: a {query}\n5: rain|when")
    prompt = prompt.showing([2, 0])
    #expect(text(format, prompt) == "5: rain\n1: a dog|when")
    #expect(prompt.visible.captions == ["rain", "a dog"])
    #expect(text(format, prompt.showing([])) == "|when")
  }
}
