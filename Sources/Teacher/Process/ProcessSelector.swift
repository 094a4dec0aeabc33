package import Core

/// A program of its own that chooses the frames a student gets to see: the same protocol as `ProcessTeacher`.
package struct ProcessSelector: Sendable {
  private let program: LineProcess
  private let parameters: ProcessParameters
  private let hello: ProgramHello
  private let teller: PromptTeller

  /// Starts the program and greets it.
  ///
  /// - Parameters:
  ///   - parameters: What to run and how long to wait.
  ///   - tokenizer: The student's words.
  ///   - videos: Where the videos' files are, for a program that asks to see them.
  ///   - log: Receives each line of the program's error output, and a line on everything that happens to it.
  /// - Returns: The program, ready to choose.
  /// - Throws: `ProcessError`, `TeacherError.parameter`.
  package static func connect(
    _ parameters: ProcessParameters, tokenizer: any Tokenizer,
    videos: (any FilmedVideos)? = nil, log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> ProcessSelector {
    let program = try LineProcess(
      parameters, hello: HostHello(kind: "selector", tokenizer: tokenizer), log: log)
    let hello = try await program.connect()
    return ProcessSelector(
      program: program, parameters: parameters, hello: hello,
      teller: try PromptTeller(hello, parameters, videos))
  }

  /// What the program calls itself.
  package var name: String { hello.name }

  /// Whether the program says that it looks at the question.
  package var looksAtQuery: Bool { hello.looksAtQuery ?? true }

  /// Ends the program.
  package func stop() async { await program.stop() }

  /// Chooses frames for each prompt; the program is not told the right answers.
  ///
  /// - Parameter prompts: Questions with all their frames.
  /// - Returns: Frames of each prompt's video, ascending, at least one.
  /// - Throws: `ProcessError`.
  package func frames(for prompts: [Prompt]) async throws -> [[Int]] {
    try await parameters.inBatches(prompts) { try await frames(batch: $0) }
  }

  private func frames(batch: [Prompt]) async throws -> [[Int]] {
    var sent: [WirePrompt] = []
    for prompt in batch { sent.append(try await teller.prompt(prompt)) }
    let answer = try await program.exchange(ProcessRequest(select: .init(prompts: sent)))
    let selections = answer.selections ?? []
    try parameters.count(selections.count, batch.count, "prompts", prompt: batch.first?.id)
    for (prompt, frames) in zip(batch, selections) {
      guard let defect = defect(of: frames, in: prompt.evidence.frames) else { continue }
      throw ProcessError.content(program: parameters.program, prompt: prompt.id, defect: defect)
    }
    return selections
  }

  private func defect(of frames: [Int], in count: Int) -> String? {
    if frames.isEmpty { return "no frame is kept" }
    if let stray = frames.first(where: { !(0..<count).contains($0) }) {
      return "frame \(stray) is kept, but the video has \(count)"
    }
    let ascends = zip(frames, frames.dropFirst()).allSatisfy { $0 < $1 }
    return ascends ? nil : "the frames \(frames) do not ascend"
  }
}
