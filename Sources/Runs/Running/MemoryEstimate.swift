internal import Networks
internal import Distill
internal import Foundation
internal import Tasks
package import Plugins
internal import Core
internal import Student
internal import Tensors

/// What a run will need of memory, estimated before it begins.
package struct MemoryEstimate: Sendable {
  /// What the memory is for, and bytes.
  package let lines: [(what: String, bytes: Double)]

  /// Bytes in all.
  package var total: Double { lines.reduce(0) { $0 + $1.bytes } }

  /// An estimate for a configuration; its data are loaded, nothing is trained.
  ///
  /// - Parameters:
  ///   - value: The configuration.
  ///   - laboratory: Everything it can name.
  /// - Throws: What is wrong with the configuration or the data.
  package init(_ value: ConfigurationValue, in laboratory: Laboratory) async throws {
    let configuration = try laboratory.configuration(of: value)
    let parts = try await RunParts(configuration, in: laboratory)
    let float = Double(MemoryLayout<Float>.stride)
    let footprint = parts.student.footprint(rows: Self.longest(parts))
    let prompts = parts.context.dataset.all
    // Frames are shared by the questions of a video.
    let videos = Dictionary(prompts.map { ($0.video, $0.evidence.values.count) }) { one, _ in one }
    let stages = try configuration.stages.map { try StageNeeds($0, parts) }
    var lines: [(what: String, bytes: Double)] = [
      ("features of \(videos.count) videos", float * Double(videos.values.reduce(0, +)))
    ]
    lines += Self.numbers(footprint, stages)
    let threads = Double(max(1, configuration.threads))
    lines.append(("activations of \(configuration.threads) passes", threads * footprint.passBytes))
    if let logits = stages.map(\.logits).max(), logits > 0 {
      lines.append(("logits of the answers in flight", threads * logits))
    }
    if let rows = stages.map(\.teacherRows).max(), rows > 0 {
      lines.append(("rows of the teacher, capped by chunkMegabytes", threads * rows))
    }
    self.lines = lines
  }

  /// Weights and what training keeps beside them.
  private static func numbers(
    _ footprint: LearnerFootprint, _ stages: [StageNeeds]
  ) -> [(what: String, bytes: Double)] {
    let float = Double(MemoryLayout<Float>.stride)
    let weights = float * Double(footprint.parameters)
    var lines = [("weights, and as they are packed for products", 3 * weights)]
    if footprint.frozen > 0 {
      lines.append(("frozen weights, for the way there and back", Double(footprint.frozen)))
    }
    if footprint.pictures > 0 {
      lines.append(("pictures that were looked at, at most", Double(footprint.pictures)))
    }
    if !stages.isEmpty {
      let shards = footprint.gradientParts
      lines.append(("gradients in \(shards) parts", Double(shards) * weights))
      lines.append(("moments of the optimizer", 2 * weights))
    }
    let companions = stages.map(\.companions).max() ?? 0
    if companions > 0 {
      lines.append(("reference and self-teacher, packed", companions * weights))
    }
    return lines
  }

  /// The estimate as lines for a person.
  ///
  /// - Parameter peak: The most memory that a trial of the run has held, bytes.
  /// - Returns: A line for each part, for what is not accounted for, and for the peak.
  package func text(peak: Int) -> String {
    let rest = max(0, Double(peak) - total)
    let all =
      lines + [
        ("the program, its libraries and what the allocator keeps", rest),
        ("at the peak of a trial of a few steps", Double(peak)),
      ]
    return all.map { line in
      String(format: "%10.1f MB  ", line.bytes / 1e6) + line.what
    }.joined(separator: "\n") + "\n"
  }

  /// The rows of the longest prompt.
  private static func longest(_ parts: RunParts) -> Int {
    (parts.train + parts.reported).map {
      $0.visible.frames * $0.evidence.tokensPerFrame + $0.tokens.count
    }.max() ?? 0
  }
}

/// What a stage adds.
private struct StageNeeds {
  /// Copies of the weights: a frozen one is packed, an averaged one is there as it is, too.
  var companions = 0.0
  /// Bytes of the logits of one prompt's answers.
  var logits: Double
  /// Bytes of a teacher's rows that are read at a time.
  var teacherRows = 0.0

  init(_ stage: StageConfiguration, _ parts: RunParts) throws {
    let method = try Method(stage.method)
    let needs = method.objective.requirements
    let length = stage.maximumLength ?? parts.context.codec.maximumLength
    let row = Double(parts.context.codec.tokenizer.count * MemoryLayout<Float>.stride)
    logits = Double((stage.group ?? method.hints.group) * length) * row
    // Past 16 MB they are computed a few answers at a time.
    if logits > Double(16 << 20) { logits = Double(max(64, length)) * row }
    if needs.needsReference { companions += 1 }
    if parts.teacher(for: method)?.selfTeacher != nil { companions += 2 }
    if needs.teacherSupport == .full {
      teacherRows = min(Double(length) * row, Double(stage.chunkMegabytes) * 1e6)
    }
  }
}
