public import Core

/// What a user may set of a plug-in.
///
/// Every stored property is a parameter with a default, and `keys` declares it; a mandatory one is optional here and checked by
/// the plug-in.
public protocol PluginParameters: DefaultedConfiguration {
  /// Files and folders that are read, so that a sweep notices when their content changes; none unless it says so.
  var files: [String] { get }

  /// Whether what is made of them reads the right answers of the prompts that it is asked about; `false` unless it says so.
  var readsTruth: Bool { get }

  /// Plug-ins of the same kind that this one is made of, by where they stand among the parameters: `teacher`, `routes[0].teacher`.
  var members: [String: ConfigurationValue] { get set }
}

extension PluginParameters {
  /// Nothing is read.
  public var files: [String] { [] }

  /// Right answers are not read.
  public var readsTruth: Bool { false }

  /// Made of no others.
  public var members: [String: ConfigurationValue] {
    get { [:] }
    set {}
  }
}

/// The parameters of a plug-in that has none.
package struct NoParameters: PluginParameters, Hashable {
  /// Nothing.
  package init() {}

  /// Nothing to declare.
  package static let keys: [String: KeyDeclaration] = [:]
}

/// What there is to know about a plug-in, for `opd plugins`.
package struct PluginDescription: Codable, Sendable, Hashable {
  /// What can be set.
  package struct Parameter: Codable, Sendable, Hashable {
    /// Its name.
    package var name: String
    /// What it is when nobody sets it.
    package var defaultValue: ConfigurationValue
    /// What it means.
    package var documentation: String
    /// Which values it takes, in words.
    package var values: String
    /// What its number counts or measures; empty where that is plain.
    package var unit: String

    /// What can be set.
    package init(
      name: String, defaultValue: ConfigurationValue, documentation: String, values: String = "",
      unit: String = ""
    ) {
      (self.name, self.defaultValue) = (name, defaultValue)
      (self.documentation, self.values, self.unit) = (documentation, values, unit)
    }

    enum CodingKeys: String, CodingKey {
      case name
      case defaultValue = "default"
      case documentation, values, unit
    }
  }

  /// What it is: teacher, selector, and so on.
  package var kind: String
  /// The name it is chosen by.
  package var name: String
  /// What it does, in one sentence.
  package var summary: String
  /// What can be set, in the order of declaration.
  package var parameters: [Parameter]

  /// What there is to know about a plug-in.
  package init(kind: String, name: String, summary: String, parameters: [Parameter]) {
    self.kind = kind
    self.name = name
    self.summary = summary
    self.parameters = parameters
  }
}
