internal import Core
internal import Distill
internal import Plugins
internal import Records
internal import Student
internal import Tasks
internal import Tensors

/// A run's student on its own, to be asked what its data does not hold.
package struct AskedStudent: Sendable {
  /// The folder of its run.
  package let path: String
  let configuration: RunConfiguration
  let context: RunContext
  let student: any Learner
  /// What is known of the data it was trained on.
  let data: DatasetOutline
  /// A digest of its weights.
  package let identity: String
  /// Floating-point operations of its training.
  package let flops: Double

  /// The name of the template of which its prompts are turns; `nil` where its run names none.
  package let conversation: String?

  /// The student that a run saved last; the run's data is not read where the run holds `student.json`.
  ///
  /// - Throws: `RunError.noRun`, `.nothingSaved` or `.checkpoint`; what is wrong with the configuration.
  package init(_ path: String, in laboratory: Laboratory) async throws {
    let directory = RunDirectory(path)
    let outline = try await StudentOutline(ofRun: path, in: laboratory)
    self.path = path
    configuration = try RunConfiguration(ofRun: path)
    Parallel.threads = configuration.threads
    context = try RunContext(configuration, outline, in: laboratory)
    data = outline.data
    let template = outline.student.map?["pretrained"]?.map?["template"]?.string
    conversation = template == "plain" ? nil : template
    var student = try await laboratory.students.connect(
      outline.student, at: "student", in: context)
    let saved = try await RunCheckpoint.restore(&student, from: directory)
    guard saved != nil || configuration.stages.isEmpty else {
      throw RunError.nothingSaved(path: path)
    }
    flops = saved?.ledger.trainingFlops ?? 0
    identity = try await student.fingerprint()
    self.student = student
  }

  /// Whether it looks at videos; else it reads texts alone.
  package var looksAtVideos: Bool { data.channels > 0 }

  /// How many of a prompt's rows it has positions for, the token before the answer among them.
  var longestPrompt: Int { data.longestPrompt }

  /// A question in what the student reads: words of its vocabulary, a row of features, or a text.
  ///
  /// - Parameters:
  ///   - prompt: The question with its video.
  ///   - embedding: The question as a feature row, where its file or its data has one.
  /// - Returns: The same prompt, to be read.
  /// - Throws: `AnsweringError.unknownWord`, `.noEmbedding`.
  func reading(_ prompt: Prompt, embedding: [Float]?) throws -> Prompt {
    guard data.embedsQueries else {
      guard context.codec.tokenizer is Vocabulary else { return prompt }
      do {
        return try QueryText.tokenized(prompt, with: context.codec.tokenizer)
      } catch DataError.unknownWord(let word, _, _) {
        throw unknown(word)
      }
    }
    var prompt = prompt
    prompt.queryEmbedding = try embedding ?? embedded(prompt.query)
    return prompt
  }

  private func embedded(_ query: String) throws -> [Float] {
    let name = try context.laboratory.datasets.name(in: configuration.data)
    guard let embed = context.laboratory.questionEmbeddings[name] else {
      throw AnsweringError.noEmbedding(run: path, channels: data.channels)
    }
    // An embedding passes over what it does not know, and the student would answer another question.
    for word in QueryText.words(query) where !data.words.contains(word) { throw unknown(word) }
    let row = try embed(query)
    // A row of the world's features in place of one of its pixels, which are more.
    return row + [Float](repeating: 0, count: max(0, data.channels - row.count))
  }

  private func unknown(_ word: String) -> AnsweringError {
    .unknownWord(word, run: path, nearest: nearestName(to: word, in: data.words))
  }
}
