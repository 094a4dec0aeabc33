package import Foundation
internal import Subprocess

/// A running program: lines go in, events come out.
///
/// Neither a program that never reads nor one that never writes can stop the host; killing it frees both. Whatever it started
/// ends with it.
package final class LineProgram: Sendable {
  /// Bytes of a line: rows over 300 words for 32 prompts of 8 answers are about 8 MB.
  package static let longestLine = 1 << 28

  /// What a program does.
  package enum Event: Sendable {
    /// It wrote a line.
    case line(Data)
    /// It closed its output.
    case closed
    /// It closed its error output: all that it wrote there is in the log.
    case hushed
    /// It ended.
    case exited(how: String)
  }

  /// What the program does, in order.
  package let events: AsyncStream<Event>

  private let input: AsyncStream<Data>.Continuation
  private let life: Task<Void, Never>

  private init(
    _ events: AsyncStream<Event>, _ input: AsyncStream<Data>.Continuation, _ life: Task<Void, Never>
  ) {
    self.events = events
    self.input = input
    self.life = life
  }

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: What to run, and where.
  ///   - log: Receives each line of its error output.
  /// - Returns: The program, which has begun.
  /// - Throws: `ProgramError.unstartable`.
  package static func start(
    _ program: ChildProgram, log: @escaping @Sendable (String) -> Void
  ) async throws -> LineProgram {
    ignoreBrokenPipes
    let (events, feed) = AsyncStream<Event>.makeStream()
    let (lines, input) = AsyncStream<Data>.makeStream()
    let (start, started) = AsyncThrowingStream<Void, any Error>.makeStream()
    let life = Task {
      await live(program, Conversation(lines: lines, feed: feed, log: log), started)
    }
    do {
      for try await _ in start { break }
      try Task.checkCancellation()
    } catch {
      life.cancel()
      throw error
    }
    return LineProgram(events, input, life)
  }

  /// Carries out a program's life, from its start to its end.
  @concurrent
  private static func live(
    _ program: ChildProgram, _ conversation: Conversation,
    _ started: AsyncThrowingStream<Void, any Error>.Continuation
  ) async {
    let killed = TeardownStep.send(
      signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
    do {
      let result = try await program.starting {
        try await Subprocess.run(
          program.configuration(teardown: [killed]), input: .inputWriter, output: .sequence,
          error: .sequence
        ) { running in
          started.finish()
          await conversation.hold(
            running.standardInputWriter, running.standardOutput, running.standardError)
        }
      }
      // Helpers that outlive the program have its memory.
      Foundation.kill(-result.processIdentifier.value, SIGKILL)
      conversation.feed.yield(.exited(how: ProgramEnd(result.terminationStatus).inWords))
    } catch {
      started.finish(throwing: error)
      conversation.feed.yield(.exited(how: ProgramEnd.signal(SIGKILL).inWords))
    }
  }

  deinit {
    input.finish()
    life.cancel()
  }

  /// Sends bytes; a program that cannot receive them is noticed by its silence or its death.
  package func write(_ bytes: Data) { input.yield(bytes) }

  /// Ends it, and whatever it started, at once.
  package func kill() { life.cancel() }

  /// A program that dies while it is written to must not take the host with it.
  private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}

/// What is said to a program, and who hears what it says.
private struct Conversation: Sendable {
  let lines: AsyncStream<Data>
  let feed: AsyncStream<LineProgram.Event>.Continuation
  let log: @Sendable (String) -> Void

  /// Talks until the program has closed both outputs.
  func hold(
    _ writer: StandardInputWriter, _ output: SubprocessOutputSequence,
    _ errors: SubprocessOutputSequence
  ) async {
    let speaking = Task {
      for await line in lines {
        guard (try? await writer.write(line)) != nil else { return }
      }
      try? await writer.finish()
    }
    async let hushed: Void = listen(to: errors, limit: 1 << 16) {
      log(String(decoding: $0, as: UTF8.self))
    } end: {
      feed.yield(.hushed)
    }
    await listen(to: output, limit: LineProgram.longestLine) {
      feed.yield(.line($0))
    } end: {
      feed.yield(.closed)
    }
    await hushed
    speaking.cancel()
  }

  private func listen(
    to output: SubprocessOutputSequence, limit: Int, _ each: @Sendable (Data) -> Void,
    end: @Sendable () -> Void
  ) async {
    var lines = LineSplitter(limit: limit)
    var source = output.makeAsyncIterator()
    while let buffer = try? await source.next() {
      for line in lines.append(Data(buffer: buffer)) { each(line) }
    }
    if !lines.remainder.isEmpty { each(lines.remainder) }
    end()
  }
}
