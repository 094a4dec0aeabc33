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
}
