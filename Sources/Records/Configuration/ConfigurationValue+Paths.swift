package import Plugins

extension ConfigurationValue {
  /// The value at a path; elements of lists by number.
  package func value(at path: [String]) -> ConfigurationValue? {
    guard let key = path.first else { return self }
    let rest = Array(path.dropFirst())
    if let list, let index = Int(key) {
      return list.indices.contains(index) ? list[index].value(at: rest) : nil
    }
    return self[key]?.value(at: rest)
  }

  /// The paths that one with `*` stands for: `stages.*.steps` is one for each stage that there is.
  package func paths(matching path: [String]) -> [[String]] {
    guard let place = path.firstIndex(of: "*"), let list = value(at: Array(path[..<place]))?.list
    else { return [path] }
    return list.indices.flatMap { index in
      paths(matching: path[..<place] + ["\(index)"] + path[(place + 1)...])
    }
  }
}
