extension Array {
  /// Changes in the order in which they must be made, whatever the order in which they were written.
  ///
  /// What is further out comes first, so that `keyframes={tad: {ratio: 0.5}}` does not undo `keyframes.ratio=0.3`; then all elements of
  /// a list before a single one, and which plug-in is meant before its parameters. Changes of one key stay in order: the last wins.
  ///
  /// - Parameter path: The path that a change is made at.
  /// - Returns: The same changes.
  package func settled(by path: (Element) -> [String]) -> [Element] {
    let ranks = map { rank(path($0)) }
    return indices.sorted {
      ranks[$0] == ranks[$1] ? $0 < $1 : ranks[$0].lexicographicallyPrecedes(ranks[$1])
    }.map { self[$0] }
  }

  private func rank(_ path: [String]) -> [Int] {
    let isChoice = path.count > 1 && PluginSlot.kinds[path[path.count - 2]] == path.last
    return [path.count, path.contains("*") ? 0 : 1, isChoice ? 0 : 1]
  }
}
