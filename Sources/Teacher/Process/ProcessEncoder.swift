internal import Core
package import Networks

/// A program of its own that turns pictures, and perhaps texts, into rows of features: the same protocol as `ProcessTeacher`.
package struct ProcessEncoder: Sendable {
  private let program: LineProcess
  private let parameters: ProcessParameters
  private let hello: ProgramHello

  /// Rows a picture.
  package let tokensPerFrame: Int
  /// Numbers a row.
  package let channels: Int
  /// To how many pixels the longer side of a picture is to be scaled down.
  package let side: Int

  /// Starts the program and greets it.
  ///
  /// - Parameters:
  ///   - parameters: What to run and how long to wait; a request has at most `batch` pictures or texts.
  ///   - log: Receives each line of the program's error output, and a line on everything that happens to it.
  /// - Throws: `ProcessError`, `TeacherError.parameter`.
  package init(
    connecting parameters: ProcessParameters, log: @escaping @Sendable (String) -> Void
  ) async throws {
    program = try LineProcess(parameters, hello: HostHello(kind: "encoder"), log: log)
    self.parameters = parameters
    hello = try await program.connect()
    (channels, tokensPerFrame, side) = (
      hello.channels ?? 0, hello.tokensPerFrame ?? 1, hello.side ?? 224
    )
    for (name, value) in [
      ("channels", channels), ("tokens_per_frame", tokensPerFrame), ("side", side),
    ] where !(1...1 << 20).contains(value) {
      throw ProcessError.content(
        program: parameters.program, prompt: "hello", defect: "'\(name)' is \(value)")
    }
  }

  /// What the program calls itself, and what its rows depend on.
  package var identity: String { [hello.name, hello.identity ?? ""].joined(separator: " ") }

  /// Whether it reads texts, too.
  package var readsTexts: Bool { hello.texts ?? false }

  /// Ends the program.
  package func stop() async { await program.stop() }

  /// The rows of each picture, `tokensPerFrame · channels` numbers.
  ///
  /// - Throws: `ProcessError`.
  package func rows(of pictures: [Picture]) async throws -> [[Float]] {
    try await parameters.inBatches(pictures) { batch in
      try await rows(
        .init(pictures: batch.map { WirePicture($0) }), count: batch.count,
        width: tokensPerFrame * channels)
    }
  }

  /// A row of each text, `channels` numbers.
  ///
  /// - Throws: `ProcessError`.
  package func rows(of texts: [String]) async throws -> [[Float]] {
    try await parameters.inBatches(texts) { batch in
      try await rows(.init(texts: batch), count: batch.count, width: channels)
    }
  }

  private func rows(
    _ request: ProcessRequest.Encode, count: Int, width: Int
  ) async throws -> [[Float]] {
    let what = request.texts == nil ? "a picture" : "a text"
    let rows = try await program.exchange(ProcessRequest(encode: request)).rows ?? []
    try parameters.count(rows.count, count, "rows", prompt: what)
    return try rows.map { text in
      guard let numbers = Base64.floats(text) else { throw refused(.notBase64("rows"), what) }
      guard numbers.count == width else {
        throw refused(.length("rows", expected: width, received: numbers.count), what)
      }
      guard let stray = numbers.first(where: { !$0.isFinite }) else { return numbers }
      throw refused(.impossible("rows", value: "\(stray)"), what)
    }
  }

  private func refused(_ defect: WireDefect, _ what: String) -> ProcessError {
    .content(program: parameters.program, prompt: what, defect: defect.inWords)
  }
}
