import Testing

@testable import Teacher

@Suite("Last words of a program")
struct LastWordsTests {
  private func words(_ lines: [String]) -> String {
    let words = LastWords()
    for line in lines { words.remember(line) }
    return words.text
  }

  private let traceback = [
    "Traceback (most recent call last):", "  File \"/home/me/my.py\", line 12, in <module>",
    "    import numpyy", "  File \"<frozen importlib._bootstrap>\", line 1007, in _find_and_load",
    "  File \"/usr/lib/python3.11/json/decoder.py\", line 355, in raw_decode",
    "ModuleNotFoundError: No module named 'numpyy'",
  ]

  @Test("are the last line")
  func last() {
    #expect(words([]) == "")
    #expect(words(["one", "out of memory"]) == "out of memory")
    #expect(words([String(repeating: "x", count: 300)]).count == 200)
  }

  @Test("say where an exception happened, in the last file that is no library")
  func place() {
    #expect(
      words(traceback) == "ModuleNotFoundError: No module named 'numpyy' at /home/me/my.py:12")
    #expect(
      words(["  File \"a b.py\", line 3", "    def (", "        ^", "SyntaxError: invalid syntax"])
        == "SyntaxError: invalid syntax at a b.py:3")
  }

  @Test("are waited for where much was said before", .enabled(if: Programs.python))
  func late() async throws {
    let text = "import sys; sys.stderr.write(50000 * 'still at it\\n'); sys.exit('over')"
    let parameters = ProcessParameters(command: ["python3", "-c", text])
    let session = try await ProcessSession(parameters) { _ in }
    let incident = await #expect(throws: ProcessIncident.self) {
      _ = try await session.greet(HostHello(kind: "teacher"), thenWaiting: 60)
    }
    #expect(incident == .died(how: "ended with status 1", lastWords: "over"))
  }

  @Test("of what comes later have nothing to do with that place")
  func later() {
    #expect(words(traceback + ["killed"]) == "killed")
  }
}
