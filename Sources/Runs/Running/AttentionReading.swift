internal import Core
internal import Plugins
internal import Records
internal import Statistics
internal import Student
internal import Storage
internal import Tensors

/// Where a student looks while it answers: what of its attention lies on frames, and what of that within the right answers.
package struct AttentionReading: Sendable {
  /// One question.
  package struct Line: Encodable, Sendable {
    /// The question.
    package let id: String
    /// The video.
    package let video: String
    /// What was answered; left out where it could not be read.
    package let answer: String?
    /// The times of the frames in view, seconds.
    package let times: [Double]
    /// Which of them lie within a right answer.
    package let inside: [Bool]
    /// For each layer the share of every frame, averaged over the answer's tokens and the heads.
    package let layers: [[Double]]
  }

  /// The questions, in order.
  package let lines: [Line]

  /// A line a question.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(to path: String) throws {
    try AtomicFile.write(lines.map { try JSONLines.line($0) + "\n" }.joined(), to: path)
  }
}

extension AttentionReading {
  /// A table, a layer a row: means over the questions of which some frames in view lie within the right answers and some do not.
  package var text: String {
    let told = lines.filter { Set($0.inside).count == 2 }
    guard let first = told.first else {
      return "No question has frames in view both within its right answers and outside."
    }
    let table = TextTable(
      header: ["layer", "on frames", "of it inside", "at chance", "inside : chance"],
      rows: first.layers.indices.map { layer in row(layer, told) })
    return table.aligned
      + "\n\(told.count) questions. On frames: the share of attention that lies on frames, not on words. Of it inside: what of that lies on"
      + " frames within the right answers. At chance: their share of the frames in view."
  }

  private func row(_ layer: Int, _ lines: [Line]) -> [String] {
    func average(_ value: (Line) -> Double) -> Double { mean(lines.map(value)) }
    let whole = average { $0.layers[layer].reduce(0, +) }
    let inside = average { line in
      let shares = line.layers[layer]
      let within = zip(shares, line.inside).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
      return within / max(shares.reduce(0, +), .leastNormalMagnitude)
    }
    let chance = average { line in
      Double(line.inside.count { $0 }) / Double(line.inside.count)
    }
    return ["\(layer + 1)"]
      + [whole, inside, chance].map { Quantity.metric($0) } + [
        Quantity.decimals(inside / chance, 2)
      ]
  }
}

extension RunExecutor {
  /// Where the student that a run saved last looks while it answers greedily the questions that the run reports on.
  ///
  /// - Throws: As `evaluation(of:overrides:)`; `LearnerError.unable` for a student that is not a decoder in this process.
  package func attention(
    of path: String, overrides: [String] = []
  ) async throws -> AttentionReading {
    let run = try await TrainedRun(path, overrides: overrides, in: laboratory)
    Parallel.threads = run.parts.configuration.threads
    guard let policy = try await run.student.snapshot() as? DecoderPolicy else {
      throw LearnerError.unable(to: "show what it attends to")
    }
    let codec = run.parts.context.codec
    let groups = try policy.sample(
      run.parts.reported, settings: .greedy(maximumLength: codec.maximumLength), seed: Seed(0))
    let maps = try policy.attention(of: groups)
    return AttentionReading(
      lines: zip(groups, maps).compactMap { group, map in
        map.map { map in
          AttentionReading.Line(
            group, map, answer: codec.decode(group.rollouts[0].tokens, to: group.prompt)?.text)
        }
      })
  }
}

extension AttentionReading.Line {
  fileprivate init(_ group: RolloutGroup, _ map: AttentionMap, answer: String?) {
    let stretches = group.prompt.stretches
    id = group.prompt.id
    video = group.prompt.video
    self.answer = answer
    times = map.frames.timestamps
    inside = times.map { time in stretches.contains { $0.start <= time && time < $0.end } }
    layers = map.layers.map { tokens in
      // What predicts the end has nothing left to find.
      let read = tokens.count > 1 ? Array(tokens.dropLast()) : tokens
      return map.frames.timestamps.indices.map { frame in mean(read.map { $0[frame] }) }
    }
  }
}
