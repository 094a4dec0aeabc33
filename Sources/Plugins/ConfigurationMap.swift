/// Values by name in the order in which they were written.
package struct ConfigurationMap: Sendable, Hashable {
  /// One entry of a map.
  package struct Pair: Sendable, Hashable {
    /// Its name, unique in the map.
    package var key: String
    /// What was written there.
    package var value: ConfigurationValue

    /// An entry.
    package init(key: String, value: ConfigurationValue) {
      self.key = key
      self.value = value
    }
  }

  /// The entries in order.
  package private(set) var pairs: [Pair] = []

  /// An empty map.
  package init() {}

  /// The names in order.
  package var keys: [String] { pairs.map(\.key) }

  /// How many entries there are.
  package var count: Int { pairs.count }

  /// Whether there is none.
  package var isEmpty: Bool { pairs.isEmpty }

  /// The value at a name; setting a new name appends it, setting `nil` removes it.
  ///
  /// - Complexity: O(number of entries): maps of a configuration are short.
  package subscript(key: String) -> ConfigurationValue? {
    get { pairs.first { $0.key == key }?.value }
    set {
      let place = pairs.firstIndex { $0.key == key }
      switch (place, newValue) {
      case (let place?, let value?): pairs[place].value = value
      case (let place?, nil): pairs.remove(at: place)
      case (nil, let value?): pairs.append(Pair(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// This map with the entries of `other` laid over it; maps within maps are merged too.
  package func merging(_ other: ConfigurationMap) -> ConfigurationMap {
    var result = self
    for pair in other.pairs {
      if let mine = result[pair.key]?.map, let theirs = pair.value.map {
        let merged = ConfigurationValue(.map(mine.merging(theirs)), source: pair.value.source)
        result[pair.key] = merged
      } else {
        result[pair.key] = pair.value
      }
    }
    return result
  }

  /// Whether both have the same entries, in any order.
  package static func == (first: ConfigurationMap, second: ConfigurationMap) -> Bool {
    first.count == second.count && first.pairs.allSatisfy { second[$0.key] == $0.value }
  }

  /// Hashes the entries whatever their order.
  package func hash(into hasher: inout Hasher) {
    for pair in pairs.sorted(by: { $0.key < $1.key }) { hasher.combine(pair) }
  }
}
