/// Settings that have a default each: keys a user leaves out keep the value of `init()`.
public protocol DefaultedConfiguration: Codable, Sendable {
  /// The defaults.
  init()
}

/// What a user may set of a plug-in.
///
/// Every stored property is a parameter with a default; a mandatory one is optional here and checked by the plug-in, so
/// that its documentation can still say what it means.
public protocol PluginParameters: DefaultedConfiguration {
  /// One sentence a parameter, by its name: meaning, unit, range.
  static var documentation: [String: String] { get }

  /// Files and folders that are read, so that a sweep notices when their content changes; none unless it says so.
  var files: [String] { get }

  /// Plug-ins of the same kind that this one is made of, by where they stand among the parameters: `teacher`, `routes[0].teacher`.
  var members: [String: ConfigurationValue] { get set }
}

extension PluginParameters {
  /// Nothing is read.
  public var files: [String] { [] }

  /// Made of no others.
  public var members: [String: ConfigurationValue] {
    get { [:] }
    set {}
  }
}

/// The parameters of a plug-in that has none.
public struct NoParameters: PluginParameters, Hashable {
  /// Nothing.
  public init() {}

  /// Nothing to document.
  public static let documentation: [String: String] = [:]
}

/// What there is to know about a plug-in, for `opd plugins`.
public struct PluginDescription: Codable, Sendable, Hashable {
  /// What can be set.
  public struct Parameter: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String
    /// What it is when nobody sets it.
    public var defaultValue: ConfigurationValue
    /// What it means.
    public var documentation: String

    /// What can be set.
    public init(name: String, defaultValue: ConfigurationValue, documentation: String) {
      self.name = name
      self.defaultValue = defaultValue
      self.documentation = documentation
    }

    enum CodingKeys: String, CodingKey {
      case name
      case defaultValue = "default"
      case documentation
    }
  }

  /// What it is: teacher, selector, and so on.
  public var kind: String
  /// The name it is chosen by.
  public var name: String
  /// What it does, in one sentence.
  public var summary: String
  /// What can be set, in the order of declaration.
  public var parameters: [Parameter]

  /// What there is to know about a plug-in.
  public init(kind: String, name: String, summary: String, parameters: [Parameter]) {
    self.kind = kind
    self.name = name
    self.summary = summary
    self.parameters = parameters
  }
}
