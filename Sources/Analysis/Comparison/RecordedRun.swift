internal import Records
internal import Foundation

/// What a run wrote down so far: one folder, whether its run has ended or not.
struct RecordedRun: Sendable {
  /// How much of the record is read.
  enum Detail: Sendable {
    /// The last evaluation: the end of one file.
    case end
    /// Every evaluation.
    case evaluations
    /// Every line of metrics.
    case everything
  }

  /// Its folder.
  let path: String
  /// The arm it belongs to.
  let arm: String
  /// The seed it was started from.
  let seed: Int
  /// Its `status.json`: `state`, `identity`, `program`, `task` and `message`.
  let status: FlatObject?
  /// Its `ledger.json`: `flops/rollout`, `seconds/teacher`, `rolloutTokens` and others.
  let ledger: FlatObject?
  /// Lines of metrics in order, as far as `Detail` asks, each with the cumulative `seconds` of its step.
  let lines: [[String: Double]]

  /// `pending`, `running`, `done`, `failed` or `interrupted`.
  var state: String { status?.texts["state"] ?? "pending" }

  /// The metric by which its task is judged.
  var headline: String? { status?.texts["task/headline"] }

  /// What tables show beside it.
  var columns: [String] {
    (status?.texts["task/columns"] ?? "").split(separator: " ").map(String.init)
  }

  /// What it makes of right answers, in the words of `LabelUse`; `nil` for runs of the program's first days.
  var labels: String? { status?.texts["labels"] }

  /// The most memory that the process which finished it held, bytes; `nil` before its end.
  var peakMemory: Double? { ledger?.numbers["peakMemory"] }

  /// Whether it has ended well.
  var isDone: Bool { state == "done" }

  /// The lines that hold an evaluation.
  var evaluations: [[String: Double]] {
    lines.filter { $0.keys.contains(where: Self.isEvaluation) }
  }

  /// Reads a run's folder.
  init(path: String, arm: String, seed: Int, detail: Detail) {
    self.path = path
    self.arm = arm
    self.seed = seed
    status = RunFile(path + "/status.json").object()
    ledger = RunFile(path + "/ledger.json").object()
    let metrics = RunFile(path + "/metrics.jsonl")
    switch detail {
    case .end: lines = metrics.lastLine(holding: "\"eval/").map { [$0.numbers] } ?? []
    case .evaluations, .everything:
      let word = detail == .everything ? "" : "\"eval/"
      let clock = Self.clock(path)
      lines = metrics.lines(holding: word).map { line in
        var numbers = line.numbers
        if let step = numbers["step"] { numbers["seconds"] = clock[step] }
        return numbers
      }
    }
  }

  /// The last value of a number, over all lines read.
  func last(_ key: String) -> Double? {
    for line in lines.reversed() { if let value = line[key] { return value } }
    return nil
  }

  /// What the whole run has cost: by its ledger, or by its last line where that is not written yet.
  func cost(_ measure: CostMeasure) -> Double? {
    switch measure {
    case .steps: last("step")
    case .tokens: ledger?.numbers["rolloutTokens"] ?? last("tokens")
    case .flops: total("flops/") ?? last("flops")
    case .wall: total("seconds/") ?? last("seconds")
    }
  }

  private func total(_ prefix: String) -> Double? {
    guard let ledger else { return nil }
    let parts = ledger.numbers.filter { $0.key.hasPrefix(prefix) }
    // In the order of their names: a dictionary's own differs from process to process, and with it the last bits of the sum.
    return parts.isEmpty ? nil : parts.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
  }

  private static func isEvaluation(_ key: String) -> Bool { key.hasPrefix("eval/") }

  /// Cumulative seconds by step; nothing has been spent before the first.
  static func clock(_ path: String) -> [Double: Double] {
    var clock = [0.0: 0.0]
    for line in RunFile(path + "/timing.jsonl").lines() {
      if let step = line.numbers["step"] { clock[step] = line.numbers["seconds"] }
    }
    return clock
  }
}
