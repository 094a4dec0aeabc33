#if LiveTeachers
package import Core
internal import Plugins

/// How to ask a live service, and how patiently.
package struct CompletionsParameters: PluginParameters, Hashable {
  /// How the student's tokens become the server's.
  package enum TokenMapping: String, Sendable, Hashable, Codable, CaseIterable {
    /// They are the server's: student and teacher share a tokenizer. The only one that gives likeliest tokens.
    case same
    /// The server's `/tokenize` says how each word of the student's vocabulary is written.
    case tokenize
    /// Text goes out and the echoed tokens are matched with words; a token across two words is an error.
    case text
  }

  /// What the server speaks.
  package enum Interface: String, Sendable, Hashable, Codable, CaseIterable {
    /// Whatever the probe finds to be right.
    case automatic
    /// vLLM's `prompt_logprobs`.
    case promptLogprobs
    /// `echo` with `logprobs`, as OpenAI defined it.
    case echo
  }

  /// Where the service is, up to and with `/v1`.
  @ServiceAddress package var url: String = "http://127.0.0.1:8000/v1"
  /// The model to ask.
  package var model = ""
  /// How the student's tokens become the server's.
  package var tokens = TokenMapping.same
  /// What the server speaks.
  package var interface = Interface.automatic
  /// What is said before the answer, unless the prompt is tokens that both share; `{query}` and `{duration}` are filled in.
  package var template = "A video lasts {duration} seconds. When does this happen: {query} Answer:"
  /// How the end of a response is written, unless tokens are the same.
  package var endText = "\n"
  /// Where the videos are and how large pictures of the frames in view are, for a server that sees; it is then asked in
  /// conversations, `/v1/chat/completions` with vLLM's `prompt_logprobs`.
  package var pictures = PictureSettings()
  /// The most likely tokens wanted at each position; 0 for the sampled token only.
  package var top = 0
  /// The environment variable that holds the key; the key itself is never in a configuration, log or error.
  package var keyVariable: String?
  /// Requests on their way at a time; 1 to 1024.
  package var inFlight = 8
  /// How long an answer may take to its last byte, in seconds; at most a day.
  package var answerSeconds = 60.0
  /// How often a request is tried; 1 to 1000.
  package var attempts = 6
  /// The pause before the second try, in seconds; it doubles each time and varies by half.
  package var backoffSeconds = 0.5
  /// What the pauses' variation depends on.
  package var seed = Seed(0)
  /// The largest difference in nats by which two scores of the same token may differ, when the server is probed.
  package var tolerance = 0.05
  /// Floating-point operations of a token, for the ledger; about twice the number of the model's parameters.
  package var flopsPerToken = 0.0
  /// Floating-point operations that its training took, for the ledger; 0 where nobody knows.
  package var trainingFlops = 0.0
  /// What a million tokens cost, in any currency.
  package var pricePerMillionTokens = 0.0

  // Without the seed: pauses decide nothing, so no configuration needs to say how they vary.
  enum CodingKeys: String, CodingKey {
    case url, model, tokens, interface, template, endText, pictures, top, keyVariable, inFlight
    case answerSeconds, attempts, backoffSeconds, tolerance, flopsPerToken, trainingFlops
    case pricePerMillionTokens
  }

  /// The defaults.
  package init() {}

  /// The defaults for a service and a model.
  package init(url: String, model: String) {
    self.url = url
    self.model = model
  }

  /// One line on each parameter.
  package static let keys: [String: KeyDeclaration] = [
    "url": .text("address of the service up to and with /v1"),
    "model": .text("name of the model; mandatory"),
    "tokens": .choice(
      TokenMapping.self,
      "same: student and server share a tokenizer; tokenize: ask /tokenize; text: match text"),
    "interface": .choice(Interface.self, "promptLogprobs (vLLM), echo (OpenAI), or automatic"),
    "template": .text(
      "text before the answer, with {query}, {duration}, {captions} and {frames}; unused where prompts are tokens that both share"
    ),
    "endText": .text("how the end of a response is written; unused where tokens are the same"),
    "pictures": .structure(
      PictureSettings.self,
      """
      where the videos are and how large pictures of the frames in view, for a server that sees; it is asked by \
      /v1/chat/completions, as vLLM serves it
      """),
    "top": .integer(
      0...100_000, "likeliest tokens wanted at each position; 0 for the sampled token only",
      unit: "tokens"),
    "keyVariable": .text("environment variable that holds the key; none by default"),
    "inFlight": .integer(1...1024, "requests on their way at a time", unit: "requests"),
    "answerSeconds": .real(
      .above(0, to: 86_400), "how long an answer may take, to its last byte", unit: "s"),
    "attempts": .integer(1...1000, "times a request is tried"),
    "backoffSeconds": .real(0...3600, "time before the second try, doubled each time", unit: "s"),
    "tolerance": .real(
      .above(0), "by how much two scores of a token may differ in the probe", unit: "nats"),
    "flopsPerToken": .real(
      0...1e18, "what the service computes for a token, for the ledger", unit: "operations"),
    "trainingFlops": .real(
      0...1e30, "what the training of the model took, for the ledger", unit: "operations"),
    "pricePerMillionTokens": .real(0..., "price of a million tokens, for the ledger"),
  ]

  /// Throws if a parameter is out of range.
  ///
  /// - Throws: `TeacherError.parameter`, `CompletionsError.address`.
  package func validate() throws {
    _ = try ServiceAddress.checked(url)
    try check("inFlight", Double(inFlight), "1 to 1024") { (1...1024).contains($0) }
    try check("answerSeconds", answerSeconds, "above 0 and at most a day") {
      $0 > 0 && $0 <= 86_400
    }
    try check("attempts", Double(attempts), "1 to 1000") { (1...1000).contains($0) }
    try check("backoffSeconds", backoffSeconds, "0 to 3600") { (0...3600).contains($0) }
    try check("tolerance", tolerance, "above 0") { $0 > 0 && $0.isFinite }
    try check("flopsPerToken", flopsPerToken, "at least 0") { $0 >= 0 && $0.isFinite }
    try check("pricePerMillionTokens", pricePerMillionTokens, "at least 0") {
      $0 >= 0 && $0.isFinite
    }
    try check("top", Double(top), "at least 0, and 0 unless tokens are the same") {
      $0 == 0 || ($0 > 0 && tokens == .same)
    }
    try checkPictures()
    guard !endText.isEmpty else {
      throw TeacherError.parameter(name: "endText", value: "''", allowed: "at least one character")
    }
  }

  // A server that sees is shown the frames once, in a conversation.
  private func checkPictures() throws {
    guard pictures.folder == nil || (tokens != .tokenize && interface != .echo) else {
      throw TeacherError.parameter(
        name: "pictures.folder", value: "given",
        allowed: "with 'tokens: same' or 'text', and not 'echo'")
    }
    guard PromptFormat(template).framePlaces <= (pictures.folder == nil ? 0 : 1) else {
      throw TeacherError.parameter(
        name: "template", value: "with {frames}", allowed: "with it once, and 'pictures.folder'")
    }
  }
}
#endif
