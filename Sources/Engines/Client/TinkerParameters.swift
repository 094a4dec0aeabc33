#if Engines
package import Core
package import Student

/// Where a training server is, which model to train there, and how patiently to ask.
package struct TinkerParameters: Sendable, Hashable, Codable {
  /// Scheme, host and port; plain http for this machine alone unless `insecure` says otherwise.
  package var url = "http://127.0.0.1:8000"
  /// The base model, as the server names it.
  package var base = ""
  /// The rank of the adapter that is trained.
  package var rank = 32
  /// What the adapter's first weights depend on.
  package var adapterSeed = 0
  /// The environment variable that holds the key; the key itself is never in a configuration, log or error.
  package var keyVariable: String?
  /// Whether plain http to another machine is wanted.
  package var insecure = false
  /// Requests on their way at a time.
  package var inFlight = 16
  /// How long a single answer may take, in seconds; a longer operation is asked for again.
  package var answerSeconds = 60.0
  /// How long an operation may take, in seconds.
  package var operationSeconds = 1800.0
  /// How often a request is tried; at least 1.
  package var attempts = 6
  /// The pause before the second try, in seconds; it doubles each time and varies by half.
  package var backoffSeconds = 0.5
  /// How often the session is kept alive, in seconds; servers unload silent ones after 300.
  package var heartbeatSeconds = 10.0
  /// The largest answer that is read, in bytes.
  package var largestAnswer = 256 << 20
  /// How prompts become tokens where the model reads the words of the run.
  package var prompts = PromptTokens()
  /// How prompts become text where it has a tokenizer.
  package var text = TextSettings()
  /// How the frames in view become pictures, for a model that sees.
  package var pictures = PictureSettings()
  /// Weights of the base model, for the ledger's operations; 0 where nobody counts them.
  package var weights = 0.0
  /// What a million tokens cost, in the currency of the bill.
  package var prices = TokenPrices()
  /// What the pauses' variation depends on.
  package var seed = Seed(0)

  // Without the seed: pauses decide nothing, so no configuration needs to say how they vary.
  enum CodingKeys: String, CodingKey {
    case url, base, rank, adapterSeed, keyVariable, insecure, inFlight, answerSeconds
    case operationSeconds, attempts, backoffSeconds, heartbeatSeconds, largestAnswer
    case prompts, text, pictures, weights, prices
  }

  /// The defaults.
  package init() {}

  /// The defaults for a server and a base model.
  package init(url: String, base: String) {
    self.url = url
    self.base = base
  }

  /// One line on each parameter.
  package static let keys: [String: KeyDeclaration] = [
    "url": .text("scheme, host and port; plain http for this machine alone"),
    "base": .text("the base model, as the server names it; mandatory"),
    "rank": .integer(1...4096, "rank of the adapter that is trained"),
    "adapterSeed": .integer(0...Int.max, "what the adapter's first weights depend on"),
    "keyVariable": .text("environment variable that holds the key; none where it is not given"),
    "insecure": .flag("whether plain http to another machine is wanted"),
    "inFlight": .integer(1...1024, "requests on their way at a time", unit: "requests"),
    "answerSeconds": .real(
      .above(0, to: 86_400), "how long a single answer may take", unit: "s"),
    "operationSeconds": .real(
      .above(0, to: 864_000), "how long an operation may take", unit: "s"),
    "attempts": .integer(1...1000, "how often a request is tried"),
    "backoffSeconds": .real(0...3600, "pause before the second try; it doubles", unit: "s"),
    "heartbeatSeconds": .real(
      .above(0, to: 3600), "how often the session is kept alive", unit: "s"),
    "largestAnswer": .integer(1..., "the largest answer that is read", unit: "bytes"),
    "prompts": .structure(PromptTokens.self, "how prompts become tokens of the run's words"),
    "text": .structure(TextSettings.self, "how prompts become text, for a model with a tokenizer"),
    "pictures": .structure(
      PictureSettings.self, "how the frames in view become pictures, for a model that sees"),
    "weights": .real(
      0...1e15, "weights of the base model, for the ledger; 0 where nobody counts them"),
    "prices": .structure(TokenPrices.self, "what a million tokens cost"),
  ]

  /// Throws if a parameter is out of range.
  ///
  /// - Throws: `EngineError.parameter`.
  package func validate() throws(EngineError) {
    try check("rank", Double(rank), 1...4096)
    try check("adapterSeed", Double(adapterSeed), 0...2_147_483_647)
    try check("inFlight", Double(inFlight), 1...1024)
    try check("answerSeconds", answerSeconds, 0.01...86_400)
    try check("operationSeconds", operationSeconds, 0.01...604_800)
    try check("attempts", Double(attempts), 1...100)
    try check("backoffSeconds", backoffSeconds, 0...600)
    try check("heartbeatSeconds", heartbeatSeconds, 0.01...250)
    try check("largestAnswer", Double(largestAnswer), 1024...1e11)
    try check("weights", weights, 0...1e15)
    try check("prompts.levels", Double(prompts.levels), 2...4096)
  }

  private func check(
    _ name: String, _ value: Double, _ range: ClosedRange<Double>
  ) throws(EngineError) {
    guard range.contains(value) else {
      throw .parameter(
        name: name, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
  }
}
#endif
