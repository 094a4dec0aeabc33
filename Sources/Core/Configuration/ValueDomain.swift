/// Which values a key of a configuration takes.
public indirect enum ValueDomain: Sendable {
  /// true or false.
  case flag
  /// Whole numbers.
  case integer(ClosedRange<Int>)
  /// Numbers.
  case real(NumberRange)
  /// Text that is not empty.
  case text
  /// One of some words.
  case choice([String])
  /// A list of such values.
  case list(ValueDomain)
  /// Such values by names; by any names where none are listed.
  case map(ValueDomain, names: [String])
  /// A plug-in of a kind: its name, or its name with its parameters.
  case plugin(kind: String)
  /// Keys that are declared elsewhere.
  case structure(any DefaultedConfiguration.Type)
  /// What these words say; its reader refuses anything else.
  case described(String)

  /// What can be written there, in words.
  public var words: String {
    switch self {
    case .flag: return "true or false"
    case .integer(let range):
      let end = range.upperBound < NumberRange.most ? " to \(range.upperBound)" : ""
      return "a whole number from \(range.lowerBound)\(end)"
    case .real(let range): return range.words
    case .text: return "text"
    case .choice(let words):
      return words.count < 2
        ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    case .list(let element): return "a list, each \(element.words)"
    case .map(let value, let names):
      let keys = names.isEmpty ? "names" : names.joined(separator: ", ")
      return "a map from \(keys), each to \(value.words)"
    case .plugin(let kind): return "a plug-in of kind \(kind)"
    case .structure: return "keys of its own"
    case .described(let words): return words
    }
  }
}
