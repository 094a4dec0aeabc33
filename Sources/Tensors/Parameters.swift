/// The names, shapes and places of the tensors in one flat buffer.
public struct ParameterLayout: Sendable, Hashable, Codable {
  /// One named tensor.
  public struct Entry: Sendable, Hashable, Codable {
    /// Its name, unique within the layout.
    public let name: String
    /// Its shape, row-major.
    public let shape: [Int]
    /// Where its numbers begin in the flat buffer.
    public let offset: Int
    /// How many numbers it has.
    public var count: Int { shape.reduce(1, *) }
  }

  /// The tensors in the order of the buffer.
  public private(set) var entries: [Entry] = []

  /// How many numbers there are in all.
  public private(set) var count = 0

  private var positions: [String: Int] = [:]

  /// A layout without tensors.
  public init() {}

  /// Appends a tensor.
  ///
  /// - Precondition: The name is new.
  public mutating func append(_ name: String, shape: [Int]) {
    precondition(positions[name] == nil, "The layout has '\(name)' already.")
    positions[name] = entries.count
    let entry = Entry(name: name, shape: shape, offset: count)
    entries.append(entry)
    count += entry.count
  }

  /// The tensor with a name, or `nil` if there is none.
  public subscript(name: String) -> Entry? { positions[name].map { entries[$0] } }
}

/// Named tensors in one flat buffer: what is trained, saved, averaged and compared.
///
/// One buffer, so that an optimizer step, a norm, a copy or a checkpoint is one pass.
public struct Parameters<Scalar: Real>: Sendable, Hashable {
  /// Where each tensor lies.
  public let layout: ParameterLayout

  /// All numbers, `layout.count` of them.
  public var values: [Scalar]

  /// All zeros.
  public init(zeros layout: ParameterLayout) {
    self.layout = layout
    values = [Scalar](repeating: 0, count: layout.count)
  }

  /// The numbers of one tensor.
  ///
  /// - Precondition: The layout has the name, and a new value has the same count.
  public subscript(name: String) -> [Scalar] {
    get {
      let entry = entry(name)
      return Array(values[entry.offset..<entry.offset + entry.count])
    }
    set {
      let entry = entry(name)
      precondition(
        newValue.count == entry.count,
        "'\(name)' has \(entry.count) numbers, not \(newValue.count).")
      values.replaceSubrange(entry.offset..<entry.offset + entry.count, with: newValue)
    }
  }

  /// The same tensors in other numbers.
  public func converted<Other: Real>(to: Other.Type) -> Parameters<Other> {
    var result = Parameters<Other>(zeros: layout)
    result.values = values.map { Other($0) }
    return result
  }

  private func entry(_ name: String) -> ParameterLayout.Entry {
    guard let entry = layout[name] else { preconditionFailure("There is no tensor '\(name)'.") }
    return entry
  }
}
