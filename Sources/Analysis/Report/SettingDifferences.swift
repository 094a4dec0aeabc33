internal import Plugins

/// In what the configurations of several arms differ, a row a setting.
///
/// What an arm lacks as a whole, such as a teacher, is one row and not one a setting; stages are compared by their names, or by
/// their places where no other arm has a stage of the name. `null` is as good as nothing.
struct SettingDifferences: Sendable {
  /// A setting, and what each arm has there; `nil` for nothing.
  struct Row: Sendable, Hashable {
    var key: String
    var values: [String?]
  }

  /// The rows, in order of the configuration.
  private(set) var rows: [Row] = []

  /// The differences between some configurations; their seeds and names aside.
  init(_ configurations: [ConfigurationValue]) {
    let keys = Self.keys(configurations).filter { !["seed", "name"].contains($0) }
    for key in keys {
      compare(key, configurations.map { $0[key] }, configurations.indices.map { $0 })
    }
  }

  /// Compares the arms at some places; a value is `nil` where an arm has no such key.
  private mutating func compare(_ path: String, _ all: [ConfigurationValue?], _ arms: [Int]) {
    let values = all.map { $0.flatMap { $0.isNull ? nil : $0 } }
    guard Set(arms.map { values[$0] }).count > 1 else { return }
    let present = arms.filter { values[$0] != nil }
    if present.allSatisfy({ values[$0]?.map?.isEmpty == false }) {
      return compareMaps(path, values, arms, present)
    }
    if present.allSatisfy({ Self.isListOfMaps(values[$0]) }) {
      return compareLists(path, values, present)
    }
    // A plug-in may stand by its name alone, or by its name with settings.
    rows.append(Row(key: path, values: row(values) { $0.text }))
  }

  private mutating func compareMaps(
    _ path: String, _ values: [ConfigurationValue?], _ arms: [Int], _ present: [Int]
  ) {
    let maps = present.compactMap { values[$0] }
    let keys = Self.keys(maps)
    let isChoice = keys.count > 1 && maps.allSatisfy { $0.map?.pairs.count == 1 }
    if isChoice || present.count < arms.count {
      rows.append(
        Row(
          key: path,
          values: row(values) { value in
            let own = value.map?.pairs.map(\.key) ?? []
            return own.count == 1 ? own[0] : "yes"
          }))
    }
    for key in keys {
      let below = values.map { $0?[key] }
      if isChoice, present.contains(where: { below[$0] == nil }) {
        // Of two plug-ins the settings of both say how they differ.
        list("\(path).\(key)", below)
      } else {
        compare("\(path).\(key)", below, present)
      }
    }
  }

  /// Every setting there is, compared or not.
  private mutating func list(_ path: String, _ values: [ConfigurationValue?]) {
    let known = values.compactMap { $0 }.filter { !$0.isNull }
    guard !known.isEmpty else { return }
    guard known.allSatisfy({ $0.map != nil }) else {
      rows.append(Row(key: path, values: row(values) { $0.isNull ? nil : $0.text }))
      return
    }
    for key in Self.keys(known) { list("\(path).\(key)", values.map { $0?[key] }) }
  }

  /// Stages, and other lists of maps: their names in one row, then each with those of the same name in other arms.
  private mutating func compareLists(
    _ path: String, _ values: [ConfigurationValue?], _ present: [Int]
  ) {
    let lists = values.map { $0?.list ?? [] }
    let names = lists.map { $0.enumerated().map { Self.title($1) ?? "\($0)" } }
    if Set(names).count > 1 {
      rows.append(
        Row(key: path, values: names.map { $0.isEmpty ? nil : $0.joined(separator: ", ") }))
    }
    var seen: Set<String> = []
    for arm in present {
      for (place, name) in names[arm].enumerated() {
        let isShared = names.count { $0.contains(name) } > 1
        guard seen.insert(isShared ? name : "\(place)").inserted else { continue }
        let matches = names.indices.map { other -> Int? in
          guard !isShared else { return names[other].firstIndex(of: name) }
          // At this place, with a name of its own as well.
          guard lists[other].indices.contains(place) else { return nil }
          let theirs = names[other][place]
          return names.count { $0.contains(theirs) } > 1 ? nil : place
        }
        let items = matches.enumerated().map { other, place in place.map { lists[other][$0] } }
        compareItems("\(path).\(isShared ? name : "\(place)")", items, named: isShared)
      }
    }
  }

  private mutating func compareItems(
    _ path: String, _ items: [ConfigurationValue?], named: Bool
  ) {
    let arms = items.indices.filter { items[$0] != nil }
    for key in Self.keys(items.compactMap { $0 }) where !(named && key == "name") {
      compare("\(path).\(key)", items.map { $0?[key] }, arms)
    }
  }

  private func row(
    _ values: [ConfigurationValue?], _ words: (ConfigurationValue) -> String?
  ) -> [String?] {
    values.map { $0.flatMap(words) }
  }

  /// What a stage is called: its name, or its method's.
  private static func title(_ stage: ConfigurationValue) -> String? {
    stage["name"]?.string ?? stage["method"]?.string
  }

  private static func isListOfMaps(_ value: ConfigurationValue?) -> Bool {
    guard let list = value?.list else { return false }
    return list.allSatisfy { $0.map != nil }
  }

  private static func keys(_ maps: [ConfigurationValue]) -> [String] {
    var seen: Set<String> = []
    return maps.flatMap { $0.map?.pairs.map(\.key) ?? [] }.filter { seen.insert($0).inserted }
  }
}
