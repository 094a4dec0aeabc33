internal import Records
internal import Sweeps
internal import Foundation

/// What is shown of a sweep while it goes: a line for the whole and a line a run that is going.
struct SweepBoard {
  /// One run that is going.
  private struct Running {
    var gauge: SweepGauge
    var began: Double
    /// The step at which this program took it up.
    var first: Int?
    var reading: SweepGauge.Reading?
  }

  private let name: String
  private let total: Int
  /// What a run is expected to take, in any one unit.
  private let weight: (String) -> Double
  private let start: Double
  private var done: Int
  /// The work that was done before, and what is left in all.
  private var leftAtStart: Double
  private var finishedWork = 0.0
  private var running: [Running] = []

  /// A board.
  ///
  /// - Parameters:
  ///   - name: What people call the sweep.
  ///   - runs: Every run's folder, and whether it is done.
  ///   - time: Now, in seconds.
  ///   - weight: What a run is expected to take, in any one unit.
  init(
    name: String, runs: [(folder: String, isDone: Bool)], time: Double,
    weight: @escaping (String) -> Double
  ) {
    self.name = name
    self.weight = weight
    total = runs.count
    start = time
    done = runs.count(where: \.isDone)
    leftAtStart = runs.reduce(0) { $0 + ($1.isDone ? 0 : weight($1.folder)) }
  }

  /// Notes that work on a run began.
  mutating func begin(_ gauge: SweepGauge, at time: Double) {
    running.append(Running(gauge: gauge, began: time))
  }

  /// Notes that nobody here works on a run any more.
  mutating func end(_ run: String, finished: Bool) {
    running.removeAll { $0.gauge.run == run }
    guard finished else { return }
    done += 1
    finishedWork += weight(run)
  }

  /// Takes what runs have written by now.
  mutating func update(_ read: (SweepGauge) -> SweepGauge.Reading?) {
    for index in running.indices {
      guard let reading = read(running[index].gauge) else { continue }
      running[index].reading = reading
      if running[index].first == nil { running[index].first = reading.step }
    }
  }

  /// The line for the whole: how many runs are done, and when the rest will be.
  func summary(at time: Double) -> String {
    let left = remaining(at: time).map { " · \(ProgressLine.duration($0)) left" }
    return "\(name) \(done)/\(total) runs\(left ?? "")"
  }

  /// A line a run that is going.
  func lines(at time: Double) -> [String] {
    let width = running.map(\.gauge.run.count).max() ?? 0
    return running.map { run in
      let name = run.gauge.run.padding(toLength: width, withPad: " ", startingAt: 0)
      guard let reading = run.reading else { return "  \(name)  beginning" }
      var line = "  \(name)  step \(reading.step)/\(run.gauge.steps)"
      if let score = reading.score {
        line += " · \(reading.title ?? "score") " + String(format: "%.3f", score)
      }
      let made = Double(reading.step - (run.first ?? reading.step))
      let elapsed = time - run.began
      guard made > 0, elapsed > 0 else { return line }
      let rest = Double(max(0, run.gauge.steps - reading.step)) * elapsed / made
      return line + String(format: " · %.3g steps/s", made / elapsed)
        + " · \(ProgressLine.duration(rest)) left"
    }
  }

  /// Seconds until everything is done at the pace so far; `nil` before anything has moved.
  private func remaining(at time: Double) -> Double? {
    let moved = running.reduce(finishedWork) { work, run in
      guard let reading = run.reading, let first = run.first else { return work }
      return work + weight(run.gauge.run) * Double(reading.step - first) / Double(run.gauge.steps)
    }
    guard moved > 0, time > start else { return nil }
    return max(0, leftAtStart - moved) / moved * (time - start)
  }
}
