import Plugins
import Core
import Testing

struct Blur: PluginParameters, Equatable {
  enum Kernel: String, Codable, CaseIterable { case box, triangle }
  struct Edge: DefaultedConfiguration, Equatable {
    var pad = 1
    var value: Float = 0.1
    static let keys: [String: KeyDeclaration] = [
      "pad": .integer(0..., "Frames."), "value": .real(0...1, "What they hold."),
    ]
  }
  var radius = 3
  var share: Float = 0.1
  var kernel = Kernel.box
  var name: String?
  var edge = Edge()
  var weights: [String: Double] = ["b": 1, "a": 2]
  static let keys: [String: KeyDeclaration] = [
    "radius": .integer(1..., "How far.", unit: "frames"), "share": .real(0...1, "How much."),
    "kernel": .choice(Kernel.self, "The window."), "name": .text("A name."),
    "edge": .structure(Edge.self, "What lies beyond."),
    "weights": .map(of: .real(NumberRange(0...1)), "Weights by name."),
  ]
}

struct Careless: PluginParameters {
  var size = 1
  static let keys: [String: KeyDeclaration] = ["sise": .integer(0..., "Misspelt.")]
}

private func number(_ value: Int, line: Int? = nil) -> ConfigurationValue {
  ConfigurationValue(.integer(value), source: ConfigurationSource(file: "a.yaml", line: line))
}

@Suite("A registry of plug-ins")
struct RegistryTests {
  func registry() throws -> Registry<Int, String> {
    var registry = Registry<Int, String>(kind: "selector")
    try registry.register("blur", summary: "Blurs.", parameters: Blur.self) { parameters, context in
      "blur \(parameters.radius) \(parameters.share) \(context)"
    }
    try registry.register("all", summary: "Keeps all.") { _ in "all" }
    return registry
  }

  func message(_ value: ConfigurationValue) throws -> String {
    let registry = try registry()
    let error = #expect(throws: ConfigurationError.self) { try registry.build(value, in: 0) }
    #expect(error?.exitStatus == .usage)
    return error?.description ?? ""
  }

  @Test("makes a plug-in from its name, a map of its name, or its kind's key")
  func threeForms() throws {
    let registry = try registry()
    let name = ConfigurationValue(.string("blur"))
    #expect(try registry.build(name, in: 7) == "blur 3 0.1 7")
    #expect(
      try registry.build(.map(["blur": .map(["radius": number(5)])]), in: 7) == "blur 5 0.1 7")
    #expect(try registry.build(.map(["blur": .null]), in: 7) == "blur 3 0.1 7")
    let flat = ConfigurationValue.map(["selector": name, "radius": number(5)])
    #expect(try registry.build(flat, in: 7) == "blur 5 0.1 7")
  }

  @Test("waits for a plug-in that has to reach somebody, and refuses it where nobody waits")
  func connecting() async throws {
    var registry = try registry()
    try registry.register(
      "far", summary: "Far away.", parameters: Blur.self,
      connecting: { parameters, context in
        await Task.yield()
        return "far \(parameters.radius) \(context)"
      })
    let far = ConfigurationValue.map(["far": .map(["radius": number(5)])])
    #expect(try await registry.connect(far, in: 7) == "far 5 7")
    #expect(try await registry.connect("blur", in: 7) == "blur 3 0.1 7")
    #expect(try registry.resolved(far)["far"]?["radius"] == number(5))
    #expect(try registry.describe().map(\.name) == ["blur", "all", "far"])
    let error = #expect(throws: ConfigurationError.self) { try registry.build(far, in: 7) }
    #expect(
      error?.description == """
        The selector 'far' has to be connected to before it can be used. Choose a selector of this \
        program here; a program or service can be named in runs.
        """)
  }

  @Test("writes all parameters out, so that a frozen configuration says everything")
  func resolves() throws {
    let written = ConfigurationValue.map(["blur": .map(["edge": .map(["pad": number(2)])])])
    let resolved = try registry().resolved(written)
    #expect(
      resolved.text
        == "{blur: {radius: 3, share: 0.1, kernel: box, name: null, edge: {pad: 2, value: 0.1}, "
        + "weights: {a: 2.0, b: 1.0}}}")
    #expect(try registry().resolved(resolved) == resolved)
  }

  @Test("replaces a dictionary as a whole, but fills a structure key by key")
  func merging() throws {
    let weights = ConfigurationValue.map(["c": number(1)])
    let blur = try ConfigurationValue.map(["weights": weights]).decoded(as: Blur.self)
    #expect(blur.weights == ["c": 1])
    #expect(blur.edge == Blur.Edge())
  }

  @Test("names the file, the line and the nearest key when a parameter is unknown")
  func unknownParameter() throws {
    let text = try message(.map(["blur": .map(["raduis": number(5, line: 12)])]))
    #expect(
      text == "a.yaml:12: nothing reads the key 'selector.blur.raduis'. Did you mean 'radius'?")
    let nested = try message(
      .map(["blur": .map(["edge": .map(["colour": number(5, line: 2)])])]))
    #expect(
      nested
        == "a.yaml:2: nothing reads the key 'selector.blur.edge.colour'. "
        + "The keys read there are 'pad', 'value'.")
    let none = try message(.map(["all": .map(["radius": number(5, line: 3)])]))
    #expect(none.contains("Remove 'selector.all.radius'"))
  }

  @Test("names the nearest plug-in when there is none of that name")
  func unknownPlugin() throws {
    let text = try message(ConfigurationValue(.string("blurr")))
    #expect(
      text == "In the configuration, there is no selector named 'blurr'. Did you mean 'blur'?")
    #expect(
      try message(ConfigurationValue(.string("sharpen"))).contains("There are 'all', 'blur'."))
  }

  @Test("says which kind of value it wants when it gets another")
  func wrongType() throws {
    let text = ConfigurationValue(
      .string("many"), source: ConfigurationSource(file: "a.yaml", line: 4))
    #expect(
      try message(.map(["blur": .map(["radius": text])]))
        == "a.yaml:4: 'selector.blur.radius' must be a whole number, but is text (many). "
        + "Write a whole number at 'selector.blur.radius'.")
    let choice = ConfigurationValue(.string("boks"))
    #expect(
      try message(.map(["blur": .map(["kernel": choice])]))
        == "In the configuration, 'selector.blur.kernel' cannot be 'boks'. Did you mean 'box'?")
    #expect(try message(.map(["blur": number(4)])).contains("must be a map"))
    #expect(try message(.null).contains("a selector was expected, but nothing was found"))
    #expect(try message(.map(["a": .null, "b": .null])).contains("but a map of a, b was found"))
  }

  @Test("refuses a name that is taken")
  func duplicate() throws {
    var registry = try registry()
    let error = #expect(throws: ConfigurationError.self) {
      try registry.register("all", summary: "Again.") { _ in "" }
    }
    #expect(error?.description == "Two plug-ins register the selector 'all'. Rename one of them.")
  }

  @Test("describes every parameter with its default, also those that are nil")
  func description() throws {
    let descriptions = try registry().describe()
    #expect(descriptions.map(\.name) == ["blur", "all"])
    let parameters = descriptions[0].parameters
    #expect(parameters.map(\.name) == ["radius", "share", "kernel", "name", "edge", "weights"])
    #expect(parameters[1].defaultValue.text == "0.1")
    #expect(parameters[3].defaultValue == .null)
    #expect(parameters[0].documentation == "How far.")
    #expect(parameters[0].values == "a whole number from 1")
    #expect(parameters[0].unit == "frames")
  }

  @Test("notices a declaration that names no parameter, and a parameter without declaration")
  func declarations() throws {
    var registry = try registry()
    #expect(try registry.undeclared() == [])
    try registry.register("careless", summary: "", parameters: Careless.self) { _, _ in "" }
    #expect(try registry.undeclared() == ["Careless.sise", "Careless.size"])
  }

  @Test(
    "refuses a value that its key does not take, at any depth, and names the nearest",
    arguments: [
      ("radius", "0", "selector.blur.radius", "The nearest that can be used is 1."),
      (
        "radius", "100000000000", "selector.blur.radius",
        "The nearest that can be used is 1000000000."
      ),
      ("share", ".nan", "selector.blur.share", "Leave it out for 0.1, or write"),
      ("share", "1.5", "selector.blur.share", "The nearest that can be used is 1.0."),
      ("name", "", "selector.blur.name", "Write text that is not empty."),
      ("edge.pad", "-1", "selector.blur.edge.pad", "The nearest that can be used is 0."),
      ("weights.a", "7", "selector.blur.weights.a", "The nearest that can be used is 1.0."),
    ])
  func outOfRange(key: String, value: String, path: String, remedy: String) throws {
    let written: ConfigurationValue =
      if let number = Int(value) { ConfigurationValue(.integer(number)) } else if value == ".nan" {
        ConfigurationValue(.real(.nan))
      } else if let number = Double(value) { ConfigurationValue(.real(number)) } else {
        ConfigurationValue(.string(value))
      }
    let nested = key.split(separator: ".").reversed().reduce(written) { .map([String($1): $0]) }
    let text = try message(.map(["blur": nested]))
    #expect(text.contains("'\(path)' must be"))
    #expect(text.contains(remedy))
  }

  @Test("takes a value that is the default, whatever the range says")
  func standard() throws {
    let empty = ConfigurationValue.map(["weights": .map([:])])
    #expect(throws: ConfigurationError.self) { try empty.decoded(as: Blur.self) }
    let null = ConfigurationValue.map(["name": .null])
    #expect(try null.decoded(as: Blur.self) == Blur())
  }
}

@Suite("A configuration value")
struct ConfigurationValueTests {
  @Test("keeps the order of its keys but is equal in any order")
  func order() {
    let first = ConfigurationValue.map(["b": number(1), "a": number(2, line: 3)])
    let second = ConfigurationValue.map(["a": number(2), "b": number(1)])
    #expect(first == second)
    #expect(first.hashValue == second.hashValue)
    #expect(first.text == "{b: 1, a: 2}")
  }

  @Test("lays maps over maps at every depth")
  func merging() {
    let base = ConfigurationValue.map(["a": .map(["x": number(1), "y": number(2)])])
    let over = ConfigurationValue.map(["a": .map(["y": number(3)]), "b": number(4)])
    let merged = base.map.flatMap { base in over.map.map { base.merging($0) } }
    #expect(merged.map { ConfigurationValue(.map($0)).text } == "{a: {x: 1, y: 3}, b: 4}")
  }

  @Test("quotes text that YAML would read as something else")
  func quoting() {
    let words = ["plain", "true", "No", "12", "a: b", "", "x/y-z.h5", "say \"hi\""]
    #expect(
      words.map { ConfigurationValue(.string($0)).text }
        == [
          "plain", "\"true\"", "\"No\"", "\"12\"", "\"a: b\"", "\"\"", "x/y-z.h5",
          "\"say \\\"hi\\\"\"",
        ])
  }
}
