internal import Core

/// The plug-ins of one kind, by name, each made from its own parameters and a context they share.
public struct Registry<Context, Product>: Sendable {
  /// One plug-in, its type of parameters forgotten.
  struct Entry: Sendable {
    let summary: String
    let parameters: any PluginParameters.Type
    let decode: @Sendable (ConfigurationValue, String) throws -> any PluginParameters
    let maker: Maker
  }

  /// How a product is made: at once, or by asking somebody first.
  enum Maker: Sendable {
    case atOnce(@Sendable (ConfigurationValue, String, Context) throws -> Product)
    case connecting(@Sendable (ConfigurationValue, String, Context) async throws -> Product)
  }

  /// What the plug-ins are, in one word: `teacher`, `selector`, …; also the key that may name one.
  public let kind: String

  private var entries: [String: Entry] = [:]

  /// The registered names in the order of registration.
  public private(set) var names: [String] = []

  /// A registry without plug-ins.
  public init(kind: String) { self.kind = kind }

  /// Adds a plug-in.
  ///
  /// - Parameters:
  ///   - name: The name users choose it by, unique among its kind.
  ///   - summary: What it does, in one sentence.
  ///   - parameters: What users may set.
  ///   - make: Makes it.
  /// - Throws: `ConfigurationError.duplicatePlugin` if the name is taken.
  public mutating func register<P: PluginParameters>(
    _ name: String, summary: String, parameters: P.Type,
    make: @escaping @Sendable (P, Context) throws -> Product
  ) throws {
    try add(
      name, summary, parameters, .atOnce { try make($0.decoded(as: P.self, at: $1), $2) })
  }

  /// Adds a plug-in that has to reach somebody before it can work: a program, a service.
  ///
  /// - Parameters:
  ///   - name: The name users choose it by, unique among its kind.
  ///   - summary: What it does, in one sentence.
  ///   - parameters: What users may set.
  ///   - connect: Makes it, when a run begins; checking a configuration does not call it.
  /// - Throws: `ConfigurationError.duplicatePlugin` if the name is taken.
  public mutating func register<P: PluginParameters>(
    _ name: String, summary: String, parameters: P.Type,
    connecting connect: @escaping @Sendable (P, Context) async throws -> Product
  ) throws {
    try add(
      name, summary, parameters,
      .connecting { try await connect($0.decoded(as: P.self, at: $1), $2) })
  }

  private mutating func add<P: PluginParameters>(
    _ name: String, _ summary: String, _ parameters: P.Type, _ maker: Maker
  ) throws {
    guard entries[name] == nil else {
      throw ConfigurationError.duplicatePlugin(kind: kind, name: name)
    }
    names.append(name)
    entries[name] = Entry(
      summary: summary, parameters: P.self,
      decode: { try $0.decoded(as: P.self, at: $1) },
      maker: maker)
  }

  /// Adds a plug-in without parameters.
  public mutating func register(
    _ name: String, summary: String, make: @escaping @Sendable (Context) throws -> Product
  ) throws {
    try register(name, summary: summary, parameters: NoParameters.self) { _, context in
      try make(context)
    }
  }

  /// Makes the plug-in that a value names.
  ///
  /// - Parameters:
  ///   - value: `name`, `{name: {parameter: …}}` or `{kind: name, parameter: …}`.
  ///   - path: Where the value stands, for error messages; the kind if left out.
  ///   - context: What the plug-ins share.
  /// - Returns: The product of the chosen plug-in.
  /// - Throws: `ConfigurationError`, also for a plug-in that has to be connected; what the plug-in throws.
  public func build(
    _ value: ConfigurationValue, at path: String? = nil, in context: Context
  ) throws -> Product {
    let choice = try choice(value, at: path ?? kind)
    guard case .atOnce(let make) = try entry(choice).maker else {
      throw ConfigurationError.needsConnection(kind: kind, name: choice.name)
    }
    return try make(choice.parameters, choice.path, context)
  }

  /// Makes the plug-in that a value names, and waits where it has to reach somebody first.
  ///
  /// - Parameters:
  ///   - value: `name`, `{name: {parameter: …}}` or `{kind: name, parameter: …}`.
  ///   - path: Where the value stands, for error messages; the kind if left out.
  ///   - context: What the plug-ins share.
  /// - Returns: The product of the chosen plug-in, ready to work.
  /// - Throws: `ConfigurationError`, or what the plug-in throws.
  public func connect(
    _ value: ConfigurationValue, at path: String? = nil, in context: Context
  ) async throws -> Product {
    let choice = try choice(value, at: path ?? kind)
    switch try entry(choice).maker {
    case .atOnce(let make): return try make(choice.parameters, choice.path, context)
    case .connecting(let connect):
      return try await connect(choice.parameters, choice.path, context)
    }
  }

  /// The name by which a value chooses a plug-in, whether or not there is one.
  ///
  /// - Throws: `ConfigurationError.notAPlugin`.
  public func name(in value: ConfigurationValue) throws -> String {
    try choice(value, at: kind).name
  }

  /// The plug-in that a value names, with all its parameters written out, those of its members too: `{name: {parameter: …}}`.
  public func resolved(
    _ value: ConfigurationValue, at path: String? = nil
  ) throws -> ConfigurationValue {
    let choice = try choice(value, at: path ?? kind)
    var parameters = try entry(choice).decode(choice.parameters, choice.path)
    for (place, member) in parameters.members where !member.isNull {
      parameters.members[place] = try resolved(member, at: "\(choice.path).\(place)")
    }
    var map = ConfigurationMap()
    map[choice.name] = try ConfigurationValue(encoding: parameters)
    return ConfigurationValue(.map(map), source: value.source)
  }

  /// The files and folders that the plug-in a value names reads, those of its members too.
  ///
  /// - Throws: `ConfigurationError`.
  public func files(_ value: ConfigurationValue, at path: String? = nil) throws -> [String] {
    let choice = try choice(value, at: path ?? kind)
    let parameters = try entry(choice).decode(choice.parameters, choice.path)
    return try parameters.files
      + parameters.members.sorted { $0.key < $1.key }.filter { !$0.value.isNull }
      .flatMap { try files($0.value, at: "\(choice.path).\($0.key)") }
  }

  /// Whether the plug-in that a value names, or a member of it, reads the right answers of the prompts that it is asked about.
  ///
  /// - Throws: `ConfigurationError`.
  public func readsTruth(_ value: ConfigurationValue, at path: String? = nil) throws -> Bool {
    let choice = try choice(value, at: path ?? kind)
    let parameters = try entry(choice).decode(choice.parameters, choice.path)
    return try parameters.readsTruth
      || parameters.members.contains { place, member in
        try !member.isNull && readsTruth(member, at: "\(choice.path).\(place)")
      }
  }

  /// What there is to know about every plug-in, in the order of registration.
  package func describe() throws -> [PluginDescription] {
    try names.compactMap { name in
      guard let entry = entries[name] else { return nil }
      return PluginDescription(
        kind: kind, name: name, summary: entry.summary,
        parameters: try KeyReference.rows(of: entry.parameters).map(\.parameter))
    }
  }

  /// The keys of every plug-in in the order of registration, those of structures in their place.
  ///
  /// - Throws: What encoding the defaults throws.
  package func everyRow() throws -> [(name: String, summary: String, rows: [KeyReference.Row])] {
    try names.compactMap { name in
      try entries[name].map {
        (name, $0.summary, try KeyReference.everyRow(of: $0.parameters))
      }
    }
  }

  /// Keys that are declared but are no parameters, or the other way round; empty when all is well.
  public func undeclared() throws -> [String] {
    try names.flatMap { name in
      try entries[name].map { try KeyReference.undeclared(in: $0.parameters) } ?? []
    }
  }

  private func entry(_ choice: PluginChoice) throws -> Entry {
    guard let entry = entries[choice.name] else {
      throw ConfigurationError.unknownPlugin(
        kind: kind, name: choice.name, nearest: nearestName(to: choice.name, in: names),
        known: names, source: choice.source)
    }
    return entry
  }

  private func choice(_ value: ConfigurationValue, at path: String) throws -> PluginChoice {
    try PluginChoice(value, kind: kind, path: path)
  }
}

/// A plug-in's name with the parameters written for it.
struct PluginChoice {
  let name: String
  let parameters: ConfigurationValue
  let path: String
  let source: ConfigurationSource?

  init(_ value: ConfigurationValue, kind: String, path: String) throws {
    let nothing = ConfigurationValue(.map(ConfigurationMap()), source: value.source)
    source = value.source
    if let name = value.string {
      self.name = name
      parameters = nothing
      self.path = path
      return
    }
    guard var map = value.map, !map.isEmpty else {
      throw ConfigurationError.notAPlugin(kind: kind, found: value.kind, source: source)
    }
    if let name = map[kind]?.string {
      self.name = name
      map[kind] = nil
      parameters = ConfigurationValue(.map(map), source: source)
      self.path = path
      return
    }
    guard map.count == 1, let pair = map.pairs.first else {
      let found = "a map of \(map.keys.joined(separator: ", "))"
      throw ConfigurationError.notAPlugin(kind: kind, found: found, source: source)
    }
    name = pair.key
    parameters = pair.value.isNull ? nothing : pair.value
    self.path = "\(path).\(pair.key)"
  }
}
