import Core
import Testing

@Suite("A format of prompts")
struct PromptFormatTests {
  @Test("fills each place once, and not what filled it")
  func fills() {
    var prompt = Prompt(
      id: "a", video: "a", query: "write {answer} and {query}", evidence: .none, truth: [])
    let format = PromptFormat("{query} in {duration} s, {other}: {answer}{")
    #expect(format.text(for: prompt) == "write {answer} and {query} in 0.0 s, {other}: {")
    prompt.hint = Interval(1, 2)
    #expect(
      format.text(for: prompt)
        == "write {answer} and {query} in 0.0 s, {other}: \(Interval(1, 2).text){")
  }

  @Test("says what is said of the frames in view, in their order, with their own times")
  func captions() {
    let evidence = FrameFeatures(
      values: [1, 2, 3], tokensPerFrame: 1, channels: 1, timestamps: [1, 3.2, 5], duration: 6,
      captions: ["a dog", "a {query}", "rain"])
    var prompt = Prompt(id: "a", video: "a", query: "when", evidence: evidence, truth: [])
    let format = PromptFormat("{captions}|{query}")
    #expect(format.text(for: prompt) == "1: a dog\n3: a {query}\n5: rain|when")
    prompt = prompt.showing([2, 0])
    #expect(format.text(for: prompt) == "5: rain\n1: a dog|when")
    #expect(prompt.visible.captions == ["rain", "a dog"])
    #expect(format.text(for: prompt.showing([])) == "|when")
  }
}
