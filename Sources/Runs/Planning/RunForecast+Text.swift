internal import Sweeps
internal import Records
internal import Distill
internal import Foundation

extension RunForecast {
  /// The forecast as a table for a person.
  package var text: String {
    let accounts = (Ledger.Account.allCases.map(\.rawValue) + [Self.other]).filter { account in
      parts.contains { ($0.seconds[account] ?? 0) > 0 }
    }
    var table = TextTable(header: ["", "steps", "seconds"] + accounts)
    table.rows = parts.map { part in
      [part.name, part.steps > 0 ? "\(part.steps)" : "–", Self.number(part.total)]
        + accounts.map { account in part.seconds[account].map(Self.number) ?? "–" }
    }
    if parts.count > 1 {
      table.rows.append(
        ["in all", "\(parts.reduce(0) { $0 + $1.steps })", Self.number(seconds)]
          + accounts.map { account in
            Self.number(parts.reduce(0) { $0 + ($1.seconds[account] ?? 0) })
          })
    }
    let most = mayEndEarlier ? "at most " : ""
    let sum = String(
      format: "%@%@, %.0f MB at the peak, %.0f sampled tokens", most,
      ProgressLine.duration(seconds), Double(peakMemory) / 1e6, rolloutTokens)
    let trial = String(
      format: "Tried out in %.1f s, in which it kept %.1f cores busy.", trialSeconds, busyCores)
    return [table.aligned, sum, trial].joined(separator: "\n") + "\n"
  }

  private static func number(_ seconds: Double) -> String { String(format: "%.1f", seconds) }
}
