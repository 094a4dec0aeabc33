internal import Core

/// A value that a key of a configuration does not take.
package struct ValueFault: Sendable, Hashable {
  /// Where it stands, down to the element of a list.
  package var path: String
  /// What can be written there.
  package var expected: String
  /// What was.
  package var found: String
  /// The nearest value that can be, if there is one.
  package var nearest: String?
  /// What stands there when nobody writes anything.
  package var standard: String?

  /// What to do about it.
  var remedy: String {
    if let nearest { return "The nearest that can be used is \(nearest)." }
    return standard.map { "Leave it out for \($0), or write \(expected)." }
      ?? "Write \(expected)."
  }
}

extension ValueDomain {
  /// What is wrong with a value that has the right type.
  ///
  /// - Parameters:
  ///   - value: What was written; the default where nothing was.
  ///   - path: Where.
  ///   - standard: The default, which is always right.
  /// - Returns: `nil` for a value that can be used.
  func fault(
    in value: ConfigurationValue, at path: String, standard: ConfigurationValue?
  ) -> ValueFault? {
    guard value != standard, !value.isNull else { return nil }
    switch self {
    case .list(let element):
      guard let list = value.list, !list.isEmpty else { break }
      return list.enumerated().lazy.compactMap {
        element.fault(in: $1, at: "\(path)[\($0)]", standard: nil)
      }.first
    case .map(let element, let names):
      guard let map = value.map, !map.isEmpty else { break }
      if let stray = map.keys.first(where: { !names.isEmpty && !names.contains($0) }) {
        return ValueDomain.choice(names).fault(
          in: ConfigurationValue(.string(stray)), at: "a key of \(path)", standard: nil)
      }
      return map.pairs.lazy.compactMap {
        element.fault(in: $0.value, at: "\(path).\($0.key)", standard: nil)
      }.first
    case .structure(let type):
      // A structure that decodes itself is checked by its own reader.
      return structureFault(type, in: value, at: path)
    default:
      if takes(value) { return nil }
    }
    return ValueFault(
      path: path, expected: expected(value), found: value.text, nearest: nearest(to: value),
      standard: standard.flatMap { $0.isNull ? nil : $0.text })
  }

  private func structureFault(
    _ type: any DefaultedConfiguration.Type, in value: ConfigurationValue, at path: String
  ) -> ValueFault? {
    let defaults = (try? ConfigurationValue(encoding: type.init())) ?? .null
    return value.map?.pairs.lazy.compactMap { pair in
      type.keys[pair.key]?.domain.fault(
        in: pair.value, at: "\(path).\(pair.key)", standard: defaults[pair.key])
    }.first
  }

  private func takes(_ value: ConfigurationValue) -> Bool {
    switch self {
    case .integer(let range): value.integer.map(range.contains) ?? false
    case .real(let range): value.real.map(range.contains) ?? false
    case .text: value.string?.isEmpty == false
    case .choice(let words): value.string.map(words.contains) ?? false
    case .list, .map: false
    case .flag: value.bool != nil
    case .plugin, .structure, .described: true
    }
  }

  /// The range with both ends where the value lies beyond an end that `words` leaves out.
  private func expected(_ value: ConfigurationValue) -> String {
    switch self {
    case .integer(let range) where (value.real ?? 0) > Double(range.upperBound):
      "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .real(let range)
    where range.highest >= Double(NumberRange.most) && (value.real ?? 0).magnitude > range.highest:
      "\(range.words), no further from 0 than \(NumberRange.most)"
    case .text: "text that is not empty"
    case .list, .map: "\(words), and not empty"
    default: words
    }
  }

  private func nearest(to value: ConfigurationValue) -> String? {
    switch self {
    case .integer(let range):
      value.integer.map { "\(min(max($0, range.lowerBound), range.upperBound))" }
    case .real(let range):
      value.real.flatMap { range.nearest(to: $0) }.map { ConfigurationValue(.real($0)).text }
    case .choice(let words):
      value.string.flatMap { nearestName(to: $0, in: words) }.map { "'\($0)'" }
    default: nil
    }
  }
}
