package import Core

/// A program of its own that says what to reinforce: the same protocol as `ProcessTeacher`.
package struct ProcessAdvantage: Sendable {
  /// Everything that is known of one response; what nobody said is missing.
  package struct Response: Encodable, Sendable {
    var tokens: WireIntegers
    var behaviour: WireReals
    /// log q of each token, nats.
    package var teacher: WireReals?
    /// log π_ref of each token, nats.
    package var reference: WireReals?
    package var reward: Reward?
    /// Whether it was cut at the length limit.
    package var cut = false
    /// Whether the student wrote it.
    package var sampled = true

    /// A response of which only the tokens and log π_old of each are known.
    package init(tokens: [Token], behaviour: [Float]) {
      (self.tokens, self.behaviour) = (WireIntegers(tokens), WireReals(behaviour))
    }

    var count: Int { tokens.values.count }
  }

  /// A prompt's responses, which are compared with each other.
  package struct Group: Encodable, Sendable {
    package var prompt: String
    package var responses: [Response]

    package init(prompt: String, responses: [Response]) {
      (self.prompt, self.responses) = (prompt, responses)
    }
  }

  /// A batch.
  struct Groups: Encodable, Sendable { var groups: [Group] }

  private let program: LineProcess
  private let parameters: ProcessParameters

  /// Starts the program and greets it.
  ///
  /// - Throws: `ProcessError`, `TeacherError.parameter`.
  package init(
    connecting parameters: ProcessParameters, tokenizer: any Tokenizer,
    log: @escaping @Sendable (String) -> Void
  ) async throws {
    program = try LineProcess(
      parameters, hello: HostHello(kind: "advantage", tokenizer: tokenizer), log: log)
    self.parameters = parameters
    _ = try await program.connect()
  }

  /// Asks about a batch, all of it at once: groups may be compared with each other.
  ///
  /// - Returns: For each group, for each response, one advantage a token, finite.
  /// - Throws: `ProcessError`.
  package func advantages(of groups: [Group]) async throws -> [[[Double]]] {
    guard !groups.isEmpty else { return [] }
    let answer = try await program.exchange(ProcessRequest(advantage: Groups(groups: groups)))
    let said = answer.advantages ?? []
    try parameters.count(said.count, groups.count, "groups", prompt: groups.first?.prompt)
    for (group, rows) in zip(groups, said) {
      try parameters.count(rows.count, group.responses.count, "responses", prompt: group.prompt)
      for (response, row) in zip(group.responses, rows) {
        try parameters.count(row.count, response.count, "tokens", prompt: group.prompt)
        guard let bad = row.first(where: { !$0.isFinite }) else { continue }
        throw refused(group.prompt, "an advantage is \(bad)")
      }
    }
    return said
  }

  /// A complaint about what the program said.
  package func refused(_ prompt: String, _ defect: String) -> ProcessError {
    .content(program: parameters.program, prompt: prompt, defect: defect)
  }
}
