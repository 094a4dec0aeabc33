package import ArgumentParser
internal import Foundation
internal import Networks
internal import Student
internal import Records
internal import Storage
internal import Tensors
internal import Tokenizers

/// `opd model show`: what a model is, and whether all of it is computed here.
package struct ModelShowCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Say what a model is: architecture, formats, tokenizer, template, memory.",
    discussion: """
      Reads the headers of a GGUF file, or of a folder of config.json and safetensors. A setting that would change the \
      numbers and is not computed here is refused by name, with status 2.

      Example: opd model show SmolLM2-135M-Instruct.Q4_1.gguf
      """)

  @Argument(help: "A GGUF file, or a folder of config.json and safetensors.", completion: .file())
  var path: String

  /// What parses a command line without arguments.
  package init() {}

  /// Prints a line a fact.
  package func run() throws {
    let folder = PretrainedModel.located(path)
    if try VisionModel.lies(in: folder) {
      return Self.print(try Self.facts(VisionModel(folder)))
    }
    let model = try PretrainedModel(path)
    let shape = model.configuration
    var lines = [
      ("architecture", model.dialect.name),
      ("shape", Self.words(for: shape)),
      ("vocabulary", "\(shape.vocabularySize) tokens"),
      ("weights", Quantity.count(Double(shape.layout.count))),
      ("formats", Self.formats(model.source)),
      ("memory", Self.memory(model.source, shape.layout)),
    ]
    lines += try Self.tokenizer(of: model)
    Self.print(lines)
  }

  private static func print(_ lines: [(String, String)]) {
    let width = lines.map(\.0.count).max() ?? 0
    for (name, value) in lines {
      Swift.print(name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + value)
    }
  }

  /// How many tensors have each format: "210 Q4_1, 61 F32".
  static func formats(_ source: TensorSource) -> String {
    let counts = Dictionary(grouping: source.tensors, by: \.format).mapValues(\.count)
    return counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
      .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
  }

  static func words(for shape: DecoderConfiguration) -> String {
    "\(shape.layers) layers, width \(shape.width), \(shape.heads) heads on "
      + "\(shape.keyValueHeads) of \(shape.headWidth), hidden \(shape.hidden)"
  }

  static func memory(_ source: TensorSource, _ layout: ParameterLayout) -> String {
    let stored = source.tensors.reduce(0) { $0 + $1.bytes.count }
    let widened = 4 * layout.count
    return "\(stored / 1_000_000) MB in the file, \(widened / 1_000_000) MB in single precision"
  }

  private static func tokenizer(of model: PretrainedModel) throws -> [(String, String)] {
    let tokenizer = try BytePairTokenizer(of: model)
    let ends = tokenizer.ends.sorted().map { tokenizer.decode([$0]) }.joined(separator: " ")
    let known = "\(tokenizer.count) tokens, ends \(ends.isEmpty ? "unknown" : ends)"
    guard let text = model.metadata["tokenizer.chat_template"]?.text else {
      return [("tokenizer", known), ("template", "none in the file")]
    }
    let template = (try? PromptTemplate(jinja: text))?.rawValue
    return [
      ("tokenizer", known),
      (
        "template",
        template ?? "not a known one; name one of \(PromptTemplate.names.joined(separator: ", "))"
      ),
    ]
  }
}
