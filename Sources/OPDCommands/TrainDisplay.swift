internal import Foundation
internal import Records
internal import Runs
internal import Synchronization

/// How a run goes, on standard error: one line that tells the step, its numbers and the time left, and a line of its own for
/// each evaluation and whatever happens.
final class TrainDisplay: Sendable {
  private let line = Mutex<ProgressLine?>(nil)
  private let isQuiet: Bool

  /// A display.
  ///
  /// - Parameter isQuiet: Whether nothing is shown.
  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  /// Shows how the run goes.
  func show(_ news: RunNews) {
    guard !isQuiet else { return }
    line.withLock { line in
      guard case .step(let step) = news, step.headline == nil else {
        line?.finish()
        return say(news.text)
      }
      var own = line ?? ProgressLine("train", total: step.total, first: step.step)
      own.update(step.step, note: step.note)
      line = own
    }
  }

  /// Ends the line, and says what can be done with the run.
  func finish(_ run: String) {
    guard !isQuiet else { return }
    line.withLock { $0?.finish() }
    say("Next: opd report \(run) -o report.html · opd evaluate \(run) evaluation.consensus=8")
  }

  private func say(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }
}
