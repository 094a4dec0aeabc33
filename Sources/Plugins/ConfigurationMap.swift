/// Values by name in the order in which they were written.
public struct ConfigurationMap: Sendable, Hashable {
  /// One entry of a map.
  public struct Pair: Sendable, Hashable {
    /// Its name, unique in the map.
    public var key: String
    /// What was written there.
    public var value: ConfigurationValue

    /// An entry.
    public init(key: String, value: ConfigurationValue) {
      self.key = key
      self.value = value
    }
  }

  /// The entries in order.
  public private(set) var pairs: [Pair] = []

  /// An empty map.
  public init() {}

  /// The names in order.
  public var keys: [String] { pairs.map(\.key) }

  /// How many entries there are.
  public var count: Int { pairs.count }

  /// Whether there is none.
  public var isEmpty: Bool { pairs.isEmpty }

  /// The value at a name; setting a new name appends it, setting `nil` removes it.
  ///
  /// - Complexity: O(number of entries): maps of a configuration are short.
  public subscript(key: String) -> ConfigurationValue? {
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
  public func merging(_ other: ConfigurationMap) -> ConfigurationMap {
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
  public static func == (first: ConfigurationMap, second: ConfigurationMap) -> Bool {
    first.count == second.count && first.pairs.allSatisfy { second[$0.key] == $0.value }
  }

  /// Hashes the entries whatever their order.
  public func hash(into hasher: inout Hasher) {
    for pair in pairs.sorted(by: { $0.key < $1.key }) { hasher.combine(pair) }
  }
}
