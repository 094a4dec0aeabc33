import Testing

@testable import Teacher

@Suite("A program that answers")
struct ProcessHygieneTests {
  @Test("is not waited for without end")
  func ranges() {
    let changes: [(inout ProcessParameters) -> Void] = [
      { $0.answerSeconds = .infinity }, { $0.answerSeconds = .nan },
      { $0.startSeconds = .infinity },
      { $0.startSeconds = 1e300 }, { $0.backoffSeconds = 1e300 }, { $0.attempts = .max },
      { $0.inFlight = .max }, { $0.batch = .max },
    ]
    for change in changes {
      var parameters = ProcessParameters(command: ["true"])
      change(&parameters)
      #expect(throws: TeacherError.self) { try parameters.validate() }
    }
  }
}
