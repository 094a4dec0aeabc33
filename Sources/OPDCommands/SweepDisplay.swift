internal import Records
internal import Sweeps
internal import Foundation
internal import Synchronization

/// What `opd sweep` says on standard error while it works: on a terminal a line for the whole and one a run that is going,
/// rewritten in place twice a second; else a plain line a run.
final class SweepDisplay: Sendable {
  private struct State {
    var board: SweepBoard
    /// Lines on the screen that the next drawing replaces.
    var drawn = 0
  }

  private let folder: SweepFolder
  private let style: ProgressLine.Style
  private let state: Mutex<State>
  private let ticker: Mutex<Task<Void, Never>?>

  /// A display of the sweep in a folder.
  init(_ folder: SweepFolder, quiet: Bool) {
    self.folder = folder
    style = quiet ? .quiet : .standardError
    let overview = SweepOverview(folder)
    let rates = overview.rates
    let arms = Dictionary(folder.plan.runs.map { ($0.folder, $0.arm) }) { one, _ in one }
    // By what runs took, once some have finished; until then all count alike.
    let board = SweepBoard(
      name: folder.plan.name, runs: overview.runs.map { ($0.folder, $0.state == .done) },
      time: Self.now
    ) { run in arms[run].flatMap { rates[$0]?.seconds } ?? 1 }
    state = Mutex(State(board: board))
    ticker = Mutex(nil)
  }

  private static var now: Double { ProcessInfo.processInfo.systemUptime }

  /// Starts to redraw on a terminal.
  func start() {
    guard case .terminal = style else { return }
    ticker.withLock {
      $0 = Task { [weak self] in
        while !Task.isCancelled {
          self?.tick()
          try? await Task.sleep(for: .milliseconds(500))
        }
      }
    }
  }

  /// Shows what happened; failures at once, with the end of their log.
  func note(_ event: SweepEngine.Event) {
    state.withLock { state in
      switch event {
      case .began(let run):
        if let planned = folder.plan.runs.first(where: { $0.folder == run }) {
          state.board.begin(SweepGauge(planned, in: folder), at: Self.now)
        }
        say("begun", run, &state)
      case .finished(let run):
        state.board.end(run, finished: true)
        say("finished", run, &state)
      case .failed(let run, let reason, let log, let again):
        state.board.end(run, finished: false)
        let next = again ? "; it is begun again" : ""
        let lines = ["\(run) \(reason)\(next):"] + log.map { "  | " + $0 }
        write(erasure(&state) + lines.joined(separator: "\n") + "\n")
      case .stopped(let run): state.board.end(run, finished: false)
      }
      draw(&state)
    }
  }

  /// Removes the lines in place.
  func finish() {
    ticker.withLock { $0?.cancel() }
    state.withLock { write(erasure(&$0)) }
  }

  private func tick() {
    state.withLock { state in
      state.board.update { $0.read() }
      draw(&state)
    }
  }

  /// A line of its own where lines cannot be replaced.
  private func say(_ what: String, _ run: String, _ state: inout State) {
    guard case .plain = style else { return }
    state.board.update { $0.read() }
    write("\(state.board.summary(at: Self.now)) · \(run) \(what)\n")
  }

  private func draw(_ state: inout State) {
    guard case .terminal(let width) = style else { return }
    let lines = [state.board.summary(at: Self.now)] + state.board.lines(at: Self.now)
    let text = lines.map { String($0.prefix(max(1, width - 1))) }.joined(separator: "\n")
    write(erasure(&state) + text)
    state.drawn = lines.count
  }

  /// What moves the cursor to where the lines in place began, and removes them.
  private func erasure(_ state: inout State) -> String {
    defer { state.drawn = 0 }
    guard state.drawn > 0 else { return "" }
    return "\r\u{1B}[2K" + String(repeating: "\u{1B}[1A\u{1B}[2K", count: state.drawn - 1)
  }

  private func write(_ text: String) {
    guard !text.isEmpty else { return }
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
