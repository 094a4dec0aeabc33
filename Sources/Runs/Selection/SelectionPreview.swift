internal import Records
internal import Analysis
internal import Curriculum
internal import Distill
internal import Tasks
package import Plugins
internal import Core
internal import Storage
internal import Student
internal import Tensors

/// What the first round of a curriculum would take, without training.
package struct SelectionPreview: Sendable {
  /// What people call the stage.
  let stage: String
  /// The curriculum with its parameters.
  let curriculum: String
  /// Every candidate.
  let lines: [SelectionLine]
  /// The candidates, counted.
  let summary: SelectionSummary
  /// Floating-point operations of measuring the pool.
  let flops: Double
  /// Seconds to measure or read the pool, and to choose.
  let seconds: (pool: Double, choice: Double)

  /// Measures the pool of a configuration with its student and teacher, and chooses.
  ///
  /// - Parameters:
  ///   - value: The configuration of a run.
  ///   - laboratory: Everything it can name.
  ///   - stage: The stage, from 1; the first that measures anything if `nil`.
  ///   - run: The folder of a run whose last student answers; the untrained student if `nil`.
  /// - Returns: Who would be taken, and why.
  /// - Throws: What is wrong with the configuration, the data or the run.
  package static func measuring(
    _ value: ConfigurationValue, _ laboratory: Laboratory, stage: Int? = nil, run: String? = nil
  ) async throws -> SelectionPreview {
    let configuration = try laboratory.configuration(of: value)
    Parallel.threads = configuration.threads
    let parts = try await RunParts(configuration, in: laboratory)
    let index = try await chosen(stage, of: configuration) {
      try await !parts.curriculum(of: $0).needs.isEmpty
    }
    var student = parts.student
    if let run {
      guard try await RunCheckpoint.restore(&student, from: RunDirectory(run)) != nil else {
        throw RunError.nothingSaved(path: run)
      }
    }
    let method = try Method(configuration.stages[index].method)
    let curriculum = try await parts.curriculum(of: index)
    let measurement = PoolMeasurement(
      needs: curriculum.needs, student: student,
      partners: try await parts.partners(of: index, method, folder: nil),
      settings: parts.settings(of: index, hints: method.hints), step: 0)
    let start = ContinuousClock.now
    let pool = try await measurement.measure(PromptPool(parts.pools[index].prompts))
    return try await SelectionPreview(
      configuration, index, curriculum, pool, seconds: seconds(since: start)
    ) { id in parts.teacher?.isPlanted.map { $0(id) } }
  }

  /// Chooses from a file of candidates with what is known of each; neither data nor models are needed.
  ///
  /// - Parameters:
  ///   - path: One JSON object a line: `id` with `teacherQuality`, `studentQuality` and so on, or with predictions.
  ///   - value: The configuration of a run, of which only the curriculum and the seed are read.
  ///   - laboratory: Everything it can name.
  ///   - stage: The stage, from 1; the first if `nil`.
  /// - Returns: Who would be taken, and why.
  /// - Throws: What is wrong with the file or the configuration.
  /// - Complexity: O(*n* log *n*) for *n* candidates.
  package static func reading(
    _ path: String, _ value: ConfigurationValue, _ laboratory: Laboratory, stage: Int? = nil
  ) async throws -> SelectionPreview {
    let configuration = try laboratory.complete(value).decoded(as: RunConfiguration.self)
    let index = try await chosen(stage, of: configuration) { _ in true }
    let curriculum = try await laboratory.curricula.connect(
      configuration.stages[index].curriculum, at: "stages[\(index)].curriculum",
      in: try standIn(laboratory, seed: configuration.seed))
    let start = ContinuousClock.now
    let pool = try CandidatePool(path)
    return try await SelectionPreview(
      configuration, index, curriculum, MeasuredPool(candidates: pool.candidates, flops: 0),
      seconds: seconds(since: start)
    ) { pool.planted[$0] }
  }

  private init(
    _ configuration: RunConfiguration, _ index: Int, _ curriculum: any PromptCurriculum,
    _ pool: MeasuredPool, seconds: Double, isPlanted: (String) -> Bool?
  ) async throws {
    stage = configuration.stages[index].title
    self.curriculum = configuration.stages[index].curriculum.text
    flops = pool.flops
    var curriculum = curriculum
    let start = ContinuousClock.now
    let records = try await curriculum.beginRound(pool.candidates)
    self.seconds = (seconds, Self.seconds(since: start))
    lines = records.map { SelectionLine($0, stage: index, planted: isPlanted($0.id)) }
    summary = SelectionSummary(lines)
  }

  private static func chosen(
    _ stage: Int?, of configuration: RunConfiguration,
    where measures: (Int) async throws -> Bool
  ) async throws -> Int {
    let stages = configuration.stages
    guard let stage else {
      guard !stages.isEmpty else { throw SelectionError.noSuchStage(1, stages: 0) }
      for index in stages.indices where try await measures(index) { return index }
      return 0
    }
    guard stages.indices.contains(stage - 1) else {
      throw SelectionError.noSuchStage(stage, stages: stages.count)
    }
    return stage - 1
  }

  /// Curricula are made in the context of a run; where there is no data, the smallest world stands in.
  private static func standIn(_ laboratory: Laboratory, seed: Int) throws -> RunContext {
    let data = try World.dataset(
      World.Options(videos: 1, devVideos: 0, queriesPerVideo: 1, patches: 1))
    return RunContext(
      seed: Seed(UInt64(bitPattern: Int64(seed))), dataset: data,
      codec: TimeTokensCodec(clipLength: 1, clips: 24, words: []).answers, laboratory: laboratory)
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let time = (ContinuousClock.now - start).components
    return Double(time.seconds) + Double(time.attoseconds) * 1e-18
  }

  /// Writes one line a candidate, as a run writes `selection.jsonl`.
  package func write(to path: String) throws {
    try AtomicFile.write(lines.map { JSONText.line($0) + "\n" }.joined(), to: path)
  }
}
