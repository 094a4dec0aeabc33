#if Serve
package import ArgumentParser
internal import Core
internal import Foundation
internal import Networks
internal import Records
internal import Runs
internal import Serve
internal import Storage
internal import Student
internal import Tensors
internal import Tokenizers

/// `opd serve`: a student of texts, or a pretrained model, behind an OpenAI-compatible interface.
package struct ServeCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer completions over HTTP with a run's student or a pretrained model.",
    discussion: """
      Examples:
        opd serve runs/countdown/sft --port 8000
        opd train next.yaml teacher='{openai: {url: http://127.0.0.1:8000/v1, model: sft}}'

      It speaks /v1/models, /v1/completions (with echo and logprobs, prompts as text or tokens), /v1/chat/completions \
      where the model has a template for conversations or reads pictures (PNG files in data URLs), both streamed where that is \
      asked for, and /tokenize: what the teacher plug-in 'openai' and OpenAI's own clients need. A key of a request that it does not know is refused with status 400. The same request has the same \
      bytes; 'seed' is 0 where it is left out. Ctrl-C or SIGTERM takes no more requests and ends when those that are \
      here are answered; asked twice, it ends at once.

      It is reached from this machine alone; on another address it asks for the bearer key in --key-variable.
      """)

  @Argument(help: "The folder of a run, or a GGUF file or folder.", completion: .file())
  var source: String

  @Option(help: "The port; 0 for any that is free, which is printed.")
  var port = 8000

  @Option(help: "The address of IPv4 to listen at.")
  var host = "127.0.0.1"

  @Option(help: "The environment variable with the bearer key that clients must send.")
  var keyVariable: String?

  @Option(help: "What clients call the model; the last part of its path if left out.")
  var name: String?

  @Option(help: "How turns of a conversation are written; as the model's files say if left out.")
  var template: String?

  @Option(help: "The most tokens of a prompt and its answer together.")
  var positions = 4096

  @Option(help: "Answers that are computed at a time; one a processor if left out.")
  var atOnce: Int?

  @Option(help: "Requests that may wait for their turn.")
  var waiting = ServiceLimits().waiting

  @Option(help: "The most bytes of a request's body.")
  var bodyBytes = ServiceLimits().bodyBytes

  @Option(help: "The most seconds of computing an answer.")
  var answerSeconds = ServiceLimits().answerSeconds

  @Flag(help: "Say nothing of each request.")
  var quiet = false

  /// A command without arguments, for the parser.
  package init() {}

  /// Refuses numbers that mean nothing, and an open door.
  package func validate() throws {
    try check("--port", port, 0...65_535)
    try check("--positions", positions, 2...131_072)
    try check("--at-once", atOnce, 1...256)
    try check("--waiting", waiting, 0...1_000_000)
    try check("--body-bytes", bodyBytes, 1024...(1 << 30))
    try check("--answer-seconds", answerSeconds, .above(0, to: 86_400))
  }

  /// Serves until it is asked to end.
  package func run() async throws {
    let address = HTTPServer.Address(host: host, port: UInt16(port))
    let key = try key(for: address)
    var limits = ServiceLimits()
    limits.atOnce = atOnce ?? ProcessInfo.processInfo.activeProcessorCount
    (limits.waiting, limits.bodyBytes) = (waiting, bodyBytes)
    limits.answerSeconds = answerSeconds
    limits.connections = min(limits.connections, OpenFiles.raiseLimit() - 64)
    let model = try await model()
    let quiet = quiet
    let server = HTTPServer(CompletionService(model, limits: limits, key: key)) { line in
      if !quiet { FileHandle.standardError.write(Data((line + "\n").utf8)) }
    }
    TerminationRequest.observe()
    let place = host
    try await server.run(at: address) { port in
      let costs = "flopsPerToken: \(model.flopsPerToken), trainingFlops: \(model.trainingFlops)"
      print("http://\(place):\(port)/v1\t\(model.name)\t\(costs)")
      fflush(nil)
    } until: {
      while TerminationRequest.signal == nil { try? await Task.sleep(for: .milliseconds(100)) }
    }
  }

  private func key(for address: HTTPServer.Address) throws -> String? {
    guard let keyVariable else {
      guard address.isLoopback else { throw ServerError.open(host: host) }
      return nil
    }
    let key = ProcessInfo.processInfo.environment[keyVariable] ?? ""
    guard !key.isEmpty else { throw ServerError.key(variable: keyVariable) }
    return key
  }

  private func model() async throws -> ServedModel {
    let usual = URL(filePath: source).lastPathComponent
    guard RunDirectory(source).status == nil else {
      let run = try await AskedStudent(source, in: OPDCommand.laboratory())
      return try run.served(as: name ?? usual, template: template)
    }
    Parallel.threads = 1
    let folder = PretrainedModel.located(source)
    if try VisionModel.lies(in: folder) { return try seeing(folder, name ?? usual) }
    let model = try PretrainedModel(source, positions: positions)
    let tokenizer = try BytePairTokenizer(of: model)
    return ServedModel(
      name ?? usual,
      DecoderPolicy(
        model, tokenizer: tokenizer,
        prompts: try TextPrompts(
          format: "{query}", template: "plain", tokenizer: tokenizer,
          longest: model.configuration.positions)),
      fingerprint: model.checksum, positions: model.configuration.positions,
      template: try template.map { try PromptTemplate(named: $0) } ?? PromptTemplate(of: model))
  }
}

extension ServeCommand {
  /// A model that reads pictures, from a folder.
  fileprivate func seeing(_ folder: String, _ name: String) throws -> ServedModel {
    guard template == nil else { throw ServerError.ownTemplate(model: folder) }
    let model = try VisionModel(folder, positions: positions)
    let tokenizer = try BytePairTokenizer(folder: folder)
    let reader = try PictureReader(model)
    // What the prompt and its answer may be together is the decoder's affair, pictures included.
    let prompts = try TextPrompts(
      format: "{query}", template: "plain", tokenizer: tokenizer, longest: reader.shape.positions)
    return ServedModel(
      name, DecoderPolicy(reader, tokenizer: tokenizer, prompts: prompts),
      fingerprint: model.checksum, positions: reader.shape.positions, reader: reader)
  }
}

extension AskedStudent {
  /// The student as a model that is served.
  ///
  /// - Throws: `ServerError` for one that looks at videos, or is elsewhere.
  fileprivate func served(as name: String, template: String?) throws -> ServedModel {
    guard !looksAtVideos else { throw ServerError.looksAtVideos(run: path) }
    guard let decoder = decoder else { throw ServerError.noDecoder(run: path) }
    return ServedModel(
      name, decoder.frozen(), fingerprint: identity, positions: decoder.configuration.positions,
      trainingFlops: flops,
      template: try (template ?? conversation).map { try PromptTemplate(named: $0) },
      reading: tokens(of:))
  }
}
#endif
