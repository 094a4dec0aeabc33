internal import Experiments
internal import Foundation
internal import Synchronization

/// What `opd sweep` says on standard error while it works: one line in place on a terminal, else a line a run.
final class SweepDisplay: Sendable {
  private struct State {
    var done: Int
    var finishedHere = 0
    var running: [String] = []
  }

  private let total: Int
  private let name: String
  private let style: ProgressLine.Style
  private let start = ProcessInfo.processInfo.systemUptime
  private let state: Mutex<State>

  /// A display of the sweep in a folder.
  init(_ folder: SweepFolder, quiet: Bool) {
    total = folder.plan.runs.count
    name = folder.plan.name
    style = quiet ? .quiet : .standardError
    state = Mutex(State(done: SweepOverview(folder).count(.done)))
  }

  /// Shows what happened; failures at once, with the end of their log.
  func note(_ event: SweepEngine.Event) {
    state.withLock { state in
      switch event {
      case .began(let run): state.running.append(run)
      case .finished(let run):
        state.done += 1
        state.finishedHere += 1
        state.running.removeAll { $0 == run }
      case .failed(let run, let reason, let log, let again):
        state.running.removeAll { $0 == run }
        let next = again ? "; it is begun again" : ""
        write(
          (["\(run) \(reason)\(next):"] + log.map { "  | " + $0 }).joined(separator: "\n") + "\n")
      case .stopped(let run): state.running.removeAll { $0 == run }
      }
      show(event, state)
    }
  }

  /// Ends the line.
  func finish() {
    if case .terminal = style { write("") }
  }

  private func show(_ event: SweepEngine.Event, _ state: State) {
    let left = state.finishedHere == 0 ? "" : " · \(remaining(state)) left"
    let line = "\(name) \(state.done)/\(total) runs\(left)"
    switch (style, event) {
    case (.terminal(let width), _):
      let running = state.running.isEmpty ? "" : " · " + state.running.joined(separator: ", ")
      let text = String((line + running).prefix(max(1, width - 1)))
      try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[2K\(text)".utf8))
    case (.plain, .finished(let run)): write("\(line) · \(run) finished\n")
    case (.plain, .began(let run)): write("\(line) · \(run) begun\n")
    default: break
    }
  }

  private func remaining(_ state: State) -> String {
    let elapsed = ProcessInfo.processInfo.systemUptime - start
    let seconds = elapsed / Double(state.finishedHere) * Double(total - state.done)
    return "\(Int(seconds.rounded(.up))) s"
  }

  private func write(_ text: String) {
    var text = text
    if case .terminal = style { text = "\r\u{1B}[2K" + text }
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
