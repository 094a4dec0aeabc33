package import ArgumentParser
internal import Core
internal import Foundation
internal import Networks
internal import Storage
internal import Student
internal import Synchronization
internal import Tensors
internal import Tokenizers

/// `opd model chat`: a conversation with a model, to see that it speaks.
package struct ModelChatCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract:
      "Talk with a model: a line is a turn, an empty line or the end of the input is the end.",
    discussion: """
      A model with pictures (a folder) answers each line by itself, about the PNG files of --picture.

      Example:
        echo "What is on-policy distillation?" | opd model chat $(scripts/fetch-models.sh)
      """)

  @Argument(help: "A GGUF file, or a folder with config.json.", completion: .file())
  var path: String

  @Option(help: "How turns are written; the model's own template if left out.")
  var template: String?

  @Option(
    name: .customLong("picture"),
    help: "A PNG file that questions are about; for several give it again.", completion: .file())
  var pictures: [String] = []

  @Option(help: "What logits are divided by; 0 takes the likeliest token.")
  var temperature = 0.0

  @Option(help: "How many of the likeliest tokens are drawn from; all if left out.")
  var topK: Int?

  @Option(help: "Draw from the likeliest tokens until their probabilities sum to this.")
  var topP: Double?

  @Option(help: "The least share of the likeliest token's probability that is drawn.")
  var minP: Double?

  @Option(help: "The most tokens of an answer.")
  var maximumTokens = 256

  @Option(help: "From which tokens are drawn.")
  var seed = 0

  @Option(help: "Threads that pictures are looked at on; one a processor if left out.")
  var threads: Int?

  @Flag(help: "Say on standard error how long pictures, prompt and answer took.")
  var times = false

  /// What parses a command line without arguments.
  package init() {}

  /// Refuses numbers with which nothing could be drawn.
  package func validate() throws {
    try check("--threads", threads, 1...1024)
    guard temperature.isFinite, temperature >= 0, (1...100_000).contains(maximumTokens) else {
      throw ValidationError(
        "The temperature must be 0 or above, and --maximum-tokens 1 to 100000.")
    }
    guard (topK ?? 1) > 0, topP.map({ 0 < $0 && $0 <= 1 }) ?? true, (0...1).contains(minP ?? 0)
    else {
      throw ValidationError(
        "--top-k must be 1 or more, --top-p above 0 and at most 1, and --min-p 0 to 1.")
    }
  }

  /// Reads turns and answers them as they are drawn.
  package func run() async throws {
    if let threads { Parallel.threads = threads }
    let folder = PretrainedModel.located(path)
    if try VisionModel.lies(in: folder) { return try look(at: folder) }
    guard pictures.isEmpty, !times else { throw ChatError.blind(path) }
    let model = try PretrainedModel(path, positions: 8192)
    let tokenizer = try BytePairTokenizer(of: model)
    let turns =
      try template.map { try PromptTemplate(named: $0) } ?? PromptTemplate(of: model) ?? .chatml
    let policy = DecoderPolicy(
      model, tokenizer: tokenizer,
      prompts: try TextPrompts(
        format: "{query}", template: turns.rawValue, tokenizer: tokenizer, longest: 8192))
    var messages: [ChatMessage] = []
    while let line = readLine(), !line.isEmpty {
      messages.append(ChatMessage(role: "user", content: line))
      let tokens = tokenizer.encode(try turns.text(of: messages, ending: .open))
      guard tokens.count + maximumTokens <= model.configuration.positions else {
        throw ChatError.full(positions: model.configuration.positions)
      }
      messages.append(
        ChatMessage(role: "assistant", content: answer(tokens, policy, tokenizer)))
    }
  }

  /// How tokens are drawn.
  var settings: SamplingSettings {
    SamplingSettings(
      group: 1, temperature: temperature, maximumLength: maximumTokens,
      filter: SamplingFilter(topK: topK, topP: topP, minP: minP))
  }

  /// From which tokens are drawn.
  var stream: Seed { Seed(UInt64(bitPattern: Int64(seed))) }

  private func answer(
    _ tokens: [Token], _ policy: DecoderPolicy, _ tokenizer: BytePairTokenizer
  ) -> String {
    let written = Mutex(StreamDecoder(tokenizer))
    let answer = policy.continuation(
      of: tokens,
      settings: settings, seed: stream
    ) { token in
      guard !tokenizer.ends.contains(token) else { return }
      written.withLock { decoder in
        if let text = decoder.append(token) { FileHandle.standardOutput.write(Data(text.utf8)) }
      }
    }
    print(written.withLock { $0.finish() })
    return tokenizer.text(answer)
  }
}

/// Why a conversation cannot go on.
enum ChatError: ExplainedError, Hashable {
  /// The model has no positions left for another answer.
  case full(positions: Int)
  /// The model reads text alone.
  case blind(String)

  /// What happened.
  var happened: String {
    switch self {
    case .full(let positions): "The conversation fills the model's \(positions) positions."
    case .blind(let path): "'\(path)' reads no pictures."
    }
  }

  /// What to do.
  var remedy: String {
    switch self {
    case .full: "Begin another, or allow shorter answers with --maximum-tokens."
    case .blind: "Leave --picture out, or name a folder of SmolVLM or Qwen2.5-VL."
    }
  }

  /// A matter of the input.
  var exitStatus: ExitStatus { .badInput }
}
