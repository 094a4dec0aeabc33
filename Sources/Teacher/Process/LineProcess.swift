import Foundation
import Core
import Synchronization

/// A program that answers requests, one JSON line each, and is started again when something happens to it.
///
/// Answers are matched to requests by id, so they may come in any order. Whatever happens to the program, a request either
/// gets its answer or the error that names the last thing that happened.
actor LineProcess {
  private let parameters: ProcessParameters
  private let hello: HostHello
  private let log: @Sendable (String) -> Void

  private let counted = Mutex(ServiceCosts())

  private var session: ProcessSession?
  private var starting: Task<ProcessSession, any Error>?
  private var known: ProgramHello?
  private var nextID = 1

  /// A program that is started when it is first needed.
  init(
    _ parameters: ProcessParameters, hello: HostHello, log: @escaping @Sendable (String) -> Void
  ) throws {
    try parameters.validate()
    self.parameters = parameters
    self.hello = hello
    self.log = log
  }

  /// What asking has cost so far.
  nonisolated var costs: ServiceCosts { counted.withLock { $0 } }

  /// Starts the program and returns what it says of itself.
  func connect() async throws -> ProgramHello {
    _ = try await retrying { $0 }
    guard let known else { preconditionFailure("A program that started has said hello.") }
    return known
  }

  /// Sends a request, again and again if need be, and returns its answer.
  func exchange(_ request: ProcessRequest) async throws -> ProcessAnswer {
    let answer = try await retrying { session in
      var request = request
      let id = self.takeID()
      request.id = id
      return try await session.ask(id, request)
    }
    counted.withLock { $0.requests += 1 }
    guard let message = answer.error else { return answer }
    throw ProcessError.refused(program: parameters.program, message: message)
  }

  /// Ends the program; the next request starts it again.
  func stop() async {
    await session?.stop()
    session = nil
  }

  private func takeID() -> Int {
    defer { nextID += 1 }
    return nextID
  }

  private func retrying<Answer: Sendable>(
    _ body: (ProcessSession) async throws -> Answer
  ) async throws -> Answer {
    var attempt = 1
    while true {
      do {
        return try await body(try await ready())
      } catch let incident as ProcessIncident {
        log("The program '\(parameters.program)' \(incident.inWords).")
        guard attempt < parameters.attempts else {
          throw ProcessError.gaveUp(
            program: parameters.program, attempts: attempt, last: incident)
        }
        counted.withLock { $0.retries += 1 }
        let pause = parameters.backoffSeconds * Double(1 << min(attempt - 1, 10))
        try await Task.sleep(for: .seconds(pause))
        attempt += 1
      }
    }
  }

  /// The running program, started if there is none; callers that come meanwhile wait for the same start.
  private func ready() async throws -> ProcessSession {
    if let starting { return try await starting.value }
    let task = Task { [session] in
      if let session, await session.failure == nil { return session }
      return try await self.start()
    }
    starting = task
    defer { starting = nil }
    let ready = try await task.value
    session = ready
    return ready
  }

  private func start() async throws -> ProcessSession {
    let session = try await ProcessSession(parameters, log: log)
    let answer = try await session.greet(hello, thenWaiting: parameters.answerSeconds)
    try check(answer)
    if let known, known != answer {
      await session.stop()
      throw ProcessIncident.changed(before: known.inWords, now: answer.inWords)
    }
    known = answer
    return session
  }

  private func check(_ answer: ProgramHello) throws {
    let program = parameters.program
    guard answer.protocol == hello.protocol else {
      throw ProcessError.version(
        program: program, expected: hello.protocol, received: answer.protocol)
    }
    guard answer.kind == hello.kind else {
      throw ProcessError.kind(program: program, expected: hello.kind, received: answer.kind)
    }
    guard answer.vocabulary == hello.vocabulary else {
      throw ProcessError.vocabulary(
        program: program, expected: hello.vocabulary, received: answer.vocabulary)
    }
    let costs = [answer.flopsPerToken, answer.teacherFlopsPerToken].compactMap { $0 }
    if let wrong = costs.first(where: { !(0...1e30).contains($0) }) {
      throw ProcessError.content(
        program: program, prompt: "", defect: "a token cannot cost \(wrong) operations")
    }
  }
}

extension ProgramHello {
  /// Name and identity.
  fileprivate var inWords: String { [name, identity].compactMap { $0 }.joined(separator: " ") }
}
