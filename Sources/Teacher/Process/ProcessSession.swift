import Foundation
import Programs

/// One run of a program, from its start to its end or to the first thing it does wrong.
actor ProcessSession {
  private let child: LineProgram
  private let lastWords: LastWords
  private var limit: Double
  private var pending: [Int: CheckedContinuation<ProcessAnswer, any Error>] = [:]
  private var abandoned: Set<Int> = []
  private var lastSign = ContinuousClock.now
  private var watcher: Task<Void, Never>?
  private var ending = Ending()
  private(set) var failure: ProcessIncident?

  /// What is known of the end of the program.
  private struct Ending {
    /// With which status or signal it ended.
    var how: String?
    var isClosed = false
    var isHushed = false
    /// Whether somebody waits for the rest of it.
    var isAwaited = false

    /// A program that closes its error output alone works on.
    var hasBegun: Bool { how != nil || isClosed }
    var isWhole: Bool { how != nil && isClosed && isHushed }
  }

  /// The id under which the program's hello is awaited; requests have ids from 1.
  private static let helloID = 0

  /// Starts the program.
  init(_ parameters: ProcessParameters, log: @escaping @Sendable (String) -> Void) async throws {
    let lastWords = LastWords()
    self.lastWords = lastWords
    limit = parameters.startSeconds
    child = try await parameters.start { line in
      lastWords.remember(line)
      log(line)
    }
    let events = child.events
    Task { [weak self] in
      for await event in events { await self?.handle(event) }
    }
  }

  /// Says hello and returns what the program says of itself.
  func greet(_ hello: HostHello, thenWaiting seconds: Double) async throws -> ProgramHello {
    let answer = try await ask(Self.helloID, ProcessRequest(hello: hello))
    limit = seconds
    guard let hello = answer.hello else {
      throw ProcessIncident.garbage(line: "an answer before any hello")
    }
    return hello
  }

  /// Sends a request and waits for its answer.
  ///
  /// - Throws: The incident that ended this run, if one did.
  func ask(_ id: Int, _ request: ProcessRequest) async throws -> ProcessAnswer {
    var line = try JSONEncoder().encode(request)
    line.append(UInt8(ascii: "\n"))
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        send(line, id, continuation)
      }
    } onCancel: {
      Task { await self.abandon(id) }
    }
  }

  /// Ends the program.
  func stop() { fail(.died(how: "was stopped", lastWords: "")) }

  private func send(
    _ line: Data, _ id: Int, _ continuation: CheckedContinuation<ProcessAnswer, any Error>
  ) {
    if let failure { return continuation.resume(throwing: failure) }
    if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
    if pending.isEmpty { lastSign = .now }
    pending[id] = continuation
    child.write(line)
    watch()
  }

  private func abandon(_ id: Int) {
    guard let continuation = pending.removeValue(forKey: id) else { return }
    abandoned.insert(id)
    relaxIfNothingIsDue()
    continuation.resume(throwing: CancellationError())
  }

  private func fail(_ incident: ProcessIncident) {
    guard failure == nil else { return }
    failure = incident
    child.kill()
    for continuation in pending.values { continuation.resume(throwing: incident) }
    pending = [:]
    relaxIfNothingIsDue()
  }
}

extension ProcessSession {
  /// Ends the run when an answer has been due for too long; one such task runs while anything is due.
  private func watch() {
    guard watcher == nil else { return }
    watcher = Task { [weak self] in
      while !Task.isCancelled, let pause = await self?.patience() {
        try? await Task.sleep(for: pause)
      }
    }
  }

  private func relaxIfNothingIsDue() {
    guard pending.isEmpty else { return }
    watcher?.cancel()
    watcher = nil
  }

  /// How long the program may still be silent, or `nil` if nothing is due any more.
  private func patience() -> Duration? {
    guard failure == nil, !pending.isEmpty else { return nil }
    let left = .seconds(limit) - (ContinuousClock.now - lastSign)
    if left > .zero { return left }
    fail(.hung(seconds: limit))
    return nil
  }

  private func handle(_ event: LineProgram.Event) {
    switch event {
    case .line(let line): return receive(line)
    case .exited(let how): ending.how = how
    case .closed: ending.isClosed = true
    case .hushed: ending.isHushed = true
    }
    finish()
  }

  /// Ends the run once the program has ended and closed what it writes to.
  ///
  /// A program that ended may have left lines in its pipes, its last words among them, and one that closed its output may be
  /// about to say how it ended: that is waited for as long as it goes on complaining, and ten seconds more. With one second, an end
  /// was taken for a closed output now and then where dozens of programs share two processors.
  private func finish() {
    if ending.isWhole { return lose() }
    guard ending.hasBegun, !ending.isAwaited else { return }
    ending.isAwaited = true
    Task { [weak self, lastWords] in
      var heard = -1
      while heard < lastWords.count {
        heard = lastWords.count
        try? await Task.sleep(for: .seconds(10))
      }
      await self?.lose()
    }
  }

  private func lose() {
    fail(.died(how: ending.how ?? "closed its output", lastWords: lastWords.text))
  }

  private func receive(_ line: Data) {
    guard line.count <= LineProgram.longestLine else {
      return fail(.garbage(line: "a line of more than \(LineProgram.longestLine) bytes"))
    }
    guard let answer = try? JSONDecoder().decode(ProcessAnswer.self, from: line) else {
      return fail(.garbage(line: String(decoding: line.prefix(120), as: UTF8.self)))
    }
    lastSign = .now
    let id = answer.hello == nil ? answer.id : Self.helloID
    if let id, let continuation = pending.removeValue(forKey: id) {
      relaxIfNothingIsDue()
      return continuation.resume(returning: answer)
    }
    if let id, abandoned.remove(id) != nil { return }
    fail(.unexpectedAnswer(id: id ?? -1))
  }
}
