#if Engines
public import Core

/// Where a training server is, which model to train there, and how patiently to ask.
public struct TinkerParameters: Sendable, Hashable, Codable {
  /// Scheme, host and port; plain http for this machine alone unless `insecure` says otherwise.
  public var url = "http://127.0.0.1:8000"
  /// The base model, as the server names it.
  public var base = ""
  /// The rank of the adapter that is trained.
  public var rank = 32
  /// What the adapter's first weights depend on.
  public var adapterSeed = 0
  /// The environment variable that holds the key; the key itself is never in a configuration, log or error.
  public var keyVariable: String?
  /// Whether plain http to another machine is wanted.
  public var insecure = false
  /// Requests on their way at a time.
  public var inFlight = 16
  /// How long a single answer may take, in seconds; a longer operation is asked for again.
  public var answerSeconds = 60.0
  /// How long an operation may take, in seconds.
  public var operationSeconds = 1800.0
  /// How often a request is tried; at least 1.
  public var attempts = 6
  /// The pause before the second try, in seconds; it doubles each time and varies by half.
  public var backoffSeconds = 0.5
  /// How often the session is kept alive, in seconds; servers unload silent ones after 300.
  public var heartbeatSeconds = 10.0
  /// The largest answer that is read, in bytes.
  public var largestAnswer = 256 << 20
  /// What the pauses' variation depends on.
  public var seed = Seed(0)

  // Without the seed: pauses decide nothing, so no configuration needs to say how they vary.
  enum CodingKeys: String, CodingKey {
    case url, base, rank, adapterSeed, keyVariable, insecure, inFlight, answerSeconds
    case operationSeconds, attempts, backoffSeconds, heartbeatSeconds, largestAnswer
  }

  /// The defaults.
  public init() {}

  /// The defaults for a server and a base model.
  public init(url: String, base: String) {
    self.url = url
    self.base = base
  }

  /// Throws if a parameter is out of range.
  ///
  /// - Throws: `EngineError.parameter`.
  public func validate() throws(EngineError) {
    try check("rank", Double(rank), 1...4096)
    try check("adapterSeed", Double(adapterSeed), 0...2_147_483_647)
    try check("inFlight", Double(inFlight), 1...1024)
    try check("answerSeconds", answerSeconds, 0.01...86_400)
    try check("operationSeconds", operationSeconds, 0.01...604_800)
    try check("attempts", Double(attempts), 1...100)
    try check("backoffSeconds", backoffSeconds, 0...600)
    try check("heartbeatSeconds", heartbeatSeconds, 0.01...250)
    try check("largestAnswer", Double(largestAnswer), 1024...1e11)
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
