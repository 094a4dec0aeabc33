internal import Core
internal import Video
internal import Foundation
internal import Tasks

extension DatasetSummary {
  /// A page for people.
  var text: String {
    let reading = hasQueryEmbeddings ? "one embedding a query" : "queries as \(words) words"
    let aware = isQueryAware ? ", made knowing the query" : ""
    return """
      \(name): \(rowsPerFrame) × \(channels) numbers a frame\(aware), \(reading), \(fingerprint.prefix(16))
      \(Self.row("least · median · most", ["train", "dev"] + (tune == nil ? [] : ["tune"])))
      \(line("prompts") { "\($0.prompts)" })
      \(line("videos") { "\($0.videos)" })
      \(line("seconds of a video") { Self.spread($0.duration) })
      \(line("frames of a video") { Self.spread($0.frames) })
      \(line("right answers a prompt") { Self.spread($0.windowsPerPrompt) })
      \(line("seconds of an answer") { Self.spread($0.windowLength) })
      \(line("mIoU of the whole video") { Self.number($0.wholeVideoIoU, 3) })
      """ + doubts
  }

  /// Lines on what may be no features at all, where there is any.
  private var doubts: String {
    var lines: [String] = []
    if parts.contains(where: { $0.stillVideos > 0 }) {
      lines.append(line("videos of equal frames") { "\($0.stillVideos)" })
    }
    if parts.contains(where: { $0.emptyFrames > 0 }) {
      lines.append(line("frames of nothing but 0") { "\($0.emptyFrames)" })
    }
    return lines.map { "\n" + $0 }.joined()
  }

  /// What is reached on the questions to report on without learning from the videos, a line each; a student says something only
  /// above all of them.
  func boundsText(_ headline: String) -> String {
    // The whole video stands above, of every part.
    (bounds ?? []).filter { $0.name != "whole video" }.map { bound in
      Self.row("\(headline) of \(bound.name)", ["", Self.number(bound.value, 3)])
    }.joined(separator: "\n")
  }

  private var parts: [Part] { [train, dev] + [tune].compactMap { $0 } }

  private func line(_ title: String, _ value: (Part) -> String) -> String {
    Self.row(title, parts.map(value))
  }

  private static func row(_ title: String, _ cells: [String]) -> String {
    title.padding(toLength: max(44, title.count), withPad: " ", startingAt: 0)
      + cells.map { String(repeating: " ", count: max(0, 22 - $0.count)) + $0 }.joined()
  }

  /// Least, median and most, or the one number all are.
  private static func spread(_ spread: Spread) -> String {
    let numbers = [spread.least, spread.median, spread.most].map { number($0, 1) }
    return spread.least == spread.most ? numbers[0] : numbers.joined(separator: " · ")
  }

  private static func number(_ value: Double, _ decimals: Int) -> String {
    let isWhole = value == value.rounded() && decimals == 1
    return String(format: "%.\(isWhole ? 0 : decimals)f", value)
  }
}
