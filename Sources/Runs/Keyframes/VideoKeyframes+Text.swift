internal import Records
internal import Foundation
internal import TAD

extension VideoKeyframes {
  /// The chosen frames as JSON, indented, with sorted keys.
  package var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// The chosen frames as a table a selector.
  package var text: String {
    let head =
      "\(video): \(frames) frames, \(Quantity.decimals(duration, 3)) s, "
      + "\(Quantity.decimals(rate, 2)) frames/s"
    let agreements = selections.count > 1 ? [agreementTable] : []
    return ([head] + selections.map(section) + agreements).joined(separator: "\n\n")
  }

  private func section(_ choice: Choice) -> String {
    var table = TextTable(header: ["frame", "time", "score", "apex"])
    table.rows = choice.keyframes.map { frame in
      [
        "\(frame.index)", "\(Quantity.decimals(frame.time, 3)) s",
        frame.score.map { Quantity.decimals($0, 4) } ?? "–", frame.apex ? "yes" : "",
      ]
    }
    return "\(choice.selector): \(choice.facts.joined(separator: "; "))\n\(table.aligned)"
  }

  private var agreementTable: String {
    var table = TextTable(header: ["agreement"] + selections.map(\.selector))
    table.rows = zip(selections, agreement).map { choice, row in
      [choice.selector] + row.map { Quantity.decimals($0, 2) }
    }
    return table.aligned
  }
}

extension VideoKeyframes.Choice {
  /// What there is to say of the choice, shortest first.
  var facts: [String] {
    var facts = ["\(keyframes.count) frames"]
    if let cutRecall { facts.append("cuts found \(Quantity.percent(cutRecall)) %") }
    if let windows {
      facts.append("inside windows (KFR) \(Quantity.metric(windows.keyframeRate))")
      facts.append("windows hit (SHR) \(Quantity.metric(windows.hitRate))")
      facts.append("UKSS \(Quantity.decimals(windows.unified, 3))")
    }
    facts.append("largest gap \(Quantity.decimals(coverage, 2))× uniform's")
    facts.append(
      cost.framesScanned == 0
        ? "no scan"
        : "scanned \(cost.framesScanned) frames, \(Quantity.decimals(cost.flops / 1e6, 2)) MFLOP")
    return facts
  }
}
