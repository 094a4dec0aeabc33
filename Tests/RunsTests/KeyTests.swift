import Core
import Plugins
import Testing

@testable import Records
@testable import Runs

/// Values that no key should take without having been asked whether it does.
let nastyValues = [
  "0", "-1", "0.5", "1e300", "-1e300", ".inf", "-.inf", ".nan", "\"\"", "abc", "[]", "{}", "null",
  "true", "100000000000", "9223372036854775807", "-9223372036854775808", "[-1]", "[.nan]", "[abc]",
  "[{}]", "{abc: 1}", "{iou: .nan}",
]

/// A configuration of which every part is small.
private let small = """
  data: {world: {videos: 4, devVideos: 2, queriesPerVideo: 1, frames: 9, difficulty: easy}}
  student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
  teacher: oracle
  evaluation: {every: 1}
  stages: [{steps: 2, prompts: 2, stop: {target: {value: 1}}}]

  """

@Suite("Every key of a configuration")
struct KeyTests {
  static let laboratory = try? Laboratory.standard()
  static let sections = (try? laboratory?.keySections()) ?? []
  static let titles = sections.map(\.title)

  /// Where a plug-in of a kind is chosen.
  static let slots = [
    "data": "data", "codec": "codec", "student": "student", "teacher": "teacher",
    "reward": "reward", "curriculum": "stages.0.curriculum", "selector": "keyframes",
  ]

  /// What a plug-in must be told, or is told so that it makes little.
  static let least = [
    "data qvhighlights": "{path: nowhere}", "data salads50": "{path: nowhere}",
    "data world-choice": "{videos: 4, devVideos: 2, queriesPerVideo: 1, frames: 12}",
    "data countdown": "{train: 20, dev: 4}",
  ]

  @Test("is declared, with its range and what it means")
  func declared() throws {
    let laboratory = try #require(Self.laboratory)
    let undeclared = try laboratory.undeclared()
    #expect(undeclared == [])
    for section in try laboratory.keySections() {
      for row in section.rows {
        #expect(!row.text.isEmpty && !row.values.isEmpty, "\(section.title) \(row.path)")
      }
    }
  }

  @Test("takes its own default, written out")
  func defaults() throws {
    let laboratory = try #require(Self.laboratory)
    for section in try laboratory.keySections() where section.title != "sweep" {
      for row in section.rows where !row.path.dropFirst("stages[].".count).contains("[]") {
        guard let path = path(of: row.path, in: section.title) else { continue }
        // What is mandatory, or makes sense with others only, is refused by who needs it.
        do {
          _ = try laboratory.complete(try written(row.standard, at: path, in: section.title))
        } catch let error as ConfigurationError {
          if case .outOfRange = error { Issue.record("\(path.joined(separator: ".")): \(error)") }
        } catch let error as any ExplainedError {
          #expect(error.exitStatus == .usage)
        }
      }
    }
  }

  @Test("is accepted as it is written, or refused with status 64", arguments: titles)
  func nasty(title: String) async throws {
    let laboratory = try #require(Self.laboratory)
    let section = try #require(Self.sections.first { $0.title == title })
    guard title != "sweep" else { return }
    for row in section.rows {
      guard let path = path(of: row.path, in: title) else { continue }
      for text in nastyValues {
        let value = try ConfigurationOverride.value(text, argument: text)
        do {
          let run = try written(value, at: path, in: title)
          let complete = try laboratory.complete(run)
          #expect(
            isKept(value, complete.value(at: path)),
            "\(path.joined(separator: ".")): \(text) became \(complete.value(at: path)?.text ?? "")"
          )
          try await build(complete, title, laboratory)
        } catch let error as any ExplainedError {
          // What lies outside of the program, such as a folder of data, is another matter.
          let isMissing = error.exitStatus == .badInput && !(error is ConfigurationError)
          #expect(error.exitStatus == .usage || isMissing, "\(row.path) \(text): \(error)")
          #expect(!error.description.contains("Optional("))
        }
      }
    }
  }

  @Test("says the range and the nearest value that can be used")
  func sentence() throws {
    let laboratory = try #require(Self.laboratory)
    func message(_ yaml: String) -> String {
      let error = #expect(throws: ConfigurationError.self) {
        try laboratory.complete(try ConfigurationFile.parse(small + yaml, file: "a.yaml"))
      }
      #expect(error?.exitStatus == .usage)
      return error?.description ?? ""
    }
    #expect(
      message("threads: -1")
        == "a.yaml:6: 'threads' must be a whole number from 1 to 1024, but is -1. "
        + "The nearest that can be used is 1.")
    #expect(
      message("diagnostics: {k: .nan}")
        == "a.yaml:6: 'diagnostics.k' must be a whole number, but is a number (.nan). "
        + "Write a whole number at 'diagnostics.k'.")
    #expect(
      message("keyframes: {tad: {ratio: 0}}")
        == "a.yaml:6: 'keyframes.tad.ratio' must be a number above 0 and at most 1, but is 0. "
        + "Write a number above 0 and at most 1.")
    #expect(
      message("codec: {digits: {step: 1e300}}").hasSuffix(
        "The nearest that can be used is 86400.0."))
    #expect(
      message("reward: {grounding: {terms: {iuo: 1}}}").hasSuffix(
        "The nearest that can be used is 'iou'."))
  }

  /// The path of a row from the top of a configuration; `nil` within lists that a configuration need not have.
  private func path(of row: String, in title: String) -> [String]? {
    let words = row.split(separator: ".").map(String.init)
    if title == "run" || title == "stages[]" {
      return words.flatMap { $0 == "stages[]" ? ["stages", "0"] : [$0] }
    }
    let parts = title.split(separator: " ").map(String.init)
    guard let slot = Self.slots[parts[0]], !row.contains("[]") else { return nil }
    return slot.split(separator: ".").map(String.init) + [parts[1]] + words
  }

  /// The small configuration with one value of one key.
  private func written(
    _ value: ConfigurationValue, at path: [String], in title: String
  ) throws -> ConfigurationValue {
    var run = try ConfigurationFile.parse(small, file: "run.yaml")
    let place = path.joined(separator: ".")
    if let slot = Self.slots[title.split(separator: " ").map(String.init)[0]],
      let name = title.split(separator: " ").map(String.init).last, run[slot]?[name] == nil
    {
      let keys = try ConfigurationOverride.value(Self.least[title] ?? "{}", argument: title)
      run = try ConfigurationOverride(
        argument: title, path: slot.split(separator: ".").map(String.init),
        value: .map([name: keys])
      ).applied(to: run)
    }
    return try ConfigurationOverride(argument: place, path: path, value: value).applied(to: run)
  }

  /// Whether what was written is what the run would be made of.
  private func isKept(_ written: ConfigurationValue, _ found: ConfigurationValue?) -> Bool {
    guard let found else { return false }
    if let one = written.real, let other = found.real { return one == other }
    // A plug-in is written out, and so is a structure.
    return written == found || found.map != nil && (written.string != nil || written.map != nil)
      || found.list != nil && written.list?.count == found.list?.count
  }

  /// Makes every part of a run but those that wait for somebody else.
  private func build(
    _ complete: ConfigurationValue, _ title: String, _ laboratory: Laboratory
  ) async throws {
    guard !title.hasSuffix(" openai"), !title.hasSuffix(" process") else { return }
    let parts = try await RunParts(
      complete.decoded(as: RunConfiguration.self), in: laboratory)
    try await parts.checkStages()
  }
}
