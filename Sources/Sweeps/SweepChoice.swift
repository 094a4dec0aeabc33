internal import Records
internal import Foundation
internal import Plugins
internal import Core

/// One point of an axis: what it changes and what it is called.
struct SweepChoice: Sendable {
  /// Its part of the arm's name.
  var label: String
  /// Values by dotted key.
  var changes: ConfigurationMap

  /// No change.
  static let nothing = SweepChoice(label: "", changes: ConfigurationMap())

  /// A named bundle of changes.
  init(label: String, changes: ConfigurationMap) {
    self.label = label
    self.changes = changes
  }

  /// One value of one key.
  init(key: String, value: ConfigurationValue) {
    self.init(key: key, value: value, word: Self.word(value))
  }

  private init(key: String, value: ConfigurationValue, word: String) {
    var changes = ConfigurationMap()
    changes[key] = value
    let short = key.split(separator: ".").last.map(String.init) ?? key
    self.init(label: "\(short)=\(word)", changes: changes)
  }

  /// The values of one key.
  ///
  /// Those that would be called alike, such as one plug-in with several budgets, are told apart by what differs in them.
  static func axis(key: String, values: [ConfigurationValue]) -> [SweepChoice] {
    let words = values.map { word($0) }
    return zip(values, words).map { value, word in
      let namesakes = zip(values, words).filter { $0.1 == word }.map(\.0.leaves)
      let differing = value.leaves.filter { leaf in
        namesakes.contains { other in !other.contains { $0 == leaf } }
      }
      let parts = [word] + (value.map == nil ? [] : differing.map { Self.word($0.value) })
      return SweepChoice(key: key, value: value, word: parts.joined(separator: "-"))
    }
  }

  /// Both changes, the second winning.
  static func + (first: SweepChoice, second: SweepChoice) -> SweepChoice {
    let labels = [first.label, second.label].filter { !$0.isEmpty }
    var changes = first.changes
    for pair in second.changes.pairs { changes[pair.key] = pair.value }
    return SweepChoice(label: labels.joined(separator: "+"), changes: changes)
  }

  /// The factor that its axis is, and its own level of it: `budget=4+omega=1` of a zip is level `4+1` of `budget+omega`.
  var level: FactorLevel {
    let parts = label.split(separator: "+").map { $0.split(separator: "=", maxSplits: 1) }
    return FactorLevel(
      factor: parts.compactMap(\.first).joined(separator: "+"),
      level: parts.compactMap(\.last).joined(separator: "+"))
  }

  /// A value in the name of an arm: its text, or the name of the plug-in it chooses, in letters fit for a folder.
  private static func word(_ value: ConfigurationValue) -> String {
    let text = value.string ?? value.map?.keys.joined(separator: "-") ?? value.text
    let name = text.hasPrefix("/") ? URL(filePath: text).lastPathComponent : text
    return String(name.map { "-_.".contains($0) || $0.isLetter || $0.isNumber ? $0 : "-" })
  }

  /// The axis that an argument `key=1,2,3` or `key=range(0,5)` adds; `nil` if it sets a single value.
  static func axis(argument: String) throws -> [SweepChoice]? {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, !argument.hasPrefix("~") else { return nil }
    let key = String(parts[0].drop { $0 == "+" })
    let text = String(parts[1])
    let values = try range(text, argument: argument) ?? list(text, argument: argument)
    guard values.count > 1 || text.hasPrefix("range("), key != "seeds", key != "name" else {
      return nil
    }
    return axis(key: key, values: values)
  }

  /// `range(5)`, `range(0,5)` or `range(0,10,2)`: whole numbers up to, not including, the end.
  static func range(_ text: String, argument: String) throws -> [ConfigurationValue]? {
    guard text.hasPrefix("range("), text.hasSuffix(")") else { return nil }
    let words = text.dropFirst(6).dropLast().split(separator: ",")
    let numbers = words.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    let step = numbers.count == 3 ? numbers[2] : 1
    guard numbers.count == words.count, (1...3).contains(numbers.count), step != 0 else {
      throw ConfigurationFileError.malformedOverride(
        argument: argument, reason: "a range is range(first, end) or range(first, end, step)")
    }
    let first = numbers.count == 1 ? 0 : numbers[0]
    let end = numbers.count == 1 ? numbers[0] : numbers[1]
    guard (end > first) == (step > 0), end != first,
      (Double(end) - Double(first)) / Double(step) <= Double(SweepFile.mostRuns)
    else {
      throw ConfigurationFileError.malformedOverride(
        argument: argument, reason: "the range has no numbers or more than \(SweepFile.mostRuns)")
    }
    let source = ConfigurationSource(file: argument)
    return stride(from: first, to: end, by: step).map {
      ConfigurationValue(.integer($0), source: source)
    }
  }

  /// Values between commas that stand outside of brackets and quotes.
  private static func list(_ text: String, argument: String) throws -> [ConfigurationValue] {
    var parts = [""]
    var depth = 0
    var quote: Character?
    for character in text {
      if character == quote {
        quote = nil
      } else if quote == nil, "\"'".contains(character) {
        quote = character
      }
      if quote == nil {
        depth += "[{(".contains(character) ? 1 : "]})".contains(character) ? -1 : 0
      }
      if character == ",", depth == 0, quote == nil {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return try parts.map {
      try ConfigurationOverride.value(
        $0.trimmingCharacters(in: .whitespaces), argument: argument)
    }
  }
}

/// A rule about some of the combinations: change something more, or leave them out.
struct SweepCondition: Sendable {
  /// The values, by dotted key or `case`, that a combination must have.
  var conditions: ConfigurationMap
  /// What is changed in addition; `nil` leaves the combination out.
  var changes: ConfigurationMap?
  /// Where it is written.
  var source: ConfigurationSource?

  /// Whether it changes a key.
  func sets(_ key: String) -> Bool { changes?[key] != nil }

  /// Reads the rules of a sweep.
  static func read(_ written: ConfigurationValue?, file: String) throws -> [SweepCondition] {
    guard let written else { return [] }
    let remedy =
      "Write a list of {where: {key: value}, set: {key: value}} or {where: …, drop: true}."
    guard let list = written.list else {
      throw SweepError.unusable(written, file: file, "'when' is not a list", remedy)
    }
    return try list.map { rule in
      guard let map = rule.map, let conditions = map["where"]?.map, map.count == 2 else {
        throw SweepError.unusable(rule, file: file, "a rule of 'when' cannot be read", remedy)
      }
      if map["drop"]?.bool == true {
        return SweepCondition(conditions: conditions, changes: nil, source: rule.source)
      }
      guard let changes = map["set"]?.map else {
        throw SweepError.unusable(rule, file: file, "a rule of 'when' does nothing", remedy)
      }
      return SweepCondition(conditions: conditions, changes: changes, source: rule.source)
    }
  }

  /// Why it applies to nothing, with the nearest case.
  func useless(cases: [String], file: String) -> SweepError {
    let name = conditions["case"]?.string
    let isUnknown = name.map { !cases.contains($0) } ?? false
    let nearest = isUnknown ? name.flatMap { nearestName(to: $0, in: cases) } : nil
    return .unusable(
      place: source?.text ?? file,
      reason: isUnknown
        ? "no case is called '\(name ?? "")', so a rule of 'when' applies to nothing"
        : "a rule of 'when' applies to no combination",
      remedy: nearest.map { "Did you mean '\($0)'?" }
        ?? "Write values as the base, a case or an axis writes them, or remove the rule.")
  }

  /// Whether it applies to a combination.
  func holds(case name: String?, _ configuration: ConfigurationValue) -> Bool {
    conditions.pairs.allSatisfy { pair in
      guard pair.key != "case" else { return pair.value.string == name }
      let found = configuration.value(at: pair.key.split(separator: ".").map(String.init))
      return found == pair.value
        || found.flatMap { $0.map?.count == 1 ? $0.map?.keys.first : nil } == pair.value.string
          && pair.value.string != nil
    }
  }
}

extension ConfigurationValue {
  /// What stands in it by dotted key; the value itself where it is no map.
  fileprivate var leaves: [ConfigurationMap.Pair] {
    guard let map else { return [ConfigurationMap.Pair(key: "", value: self)] }
    return map.pairs.flatMap { pair in
      pair.value.leaves.map {
        ConfigurationMap.Pair(
          key: $0.key.isEmpty ? pair.key : "\(pair.key).\($0.key)", value: $0.value)
      }
    }
  }

  /// The configuration with changes by dotted key; a map is laid over what is there.
  func changed(by changes: ConfigurationMap) throws -> ConfigurationValue {
    let path = { (pair: ConfigurationMap.Pair) in pair.key.split(separator: ".").map(String.init) }
    return try changes.pairs.settled(by: path).reduce(self) { configuration, pair in
      let path = path(pair)
      let argument = "\(pair.key): \(pair.value.text)"
      return try configuration.paths(matching: path).reduce(configuration) { configuration, path in
        let value = pair.value.merged(over: configuration.value(at: path), key: path.last)
        return try ConfigurationOverride(argument: argument, path: path, value: value)
          .applied(to: configuration)
      }
    }
  }

  /// The map laid over what stands at its key; any other value as it is.
  private func merged(over present: ConfigurationValue?, key: String?) -> ConfigurationValue {
    guard map != nil, let present, let key else { return self }
    var upper = ConfigurationMap()
    var lower = ConfigurationMap()
    upper[key] = self
    lower[key] = present
    let merged = PluginSlot.merge(
      ConfigurationValue(.map(upper)), over: ConfigurationValue(.map(lower)))
    return merged[key] ?? self
  }
}
