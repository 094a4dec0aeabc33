internal import Tensors

/// A decoder whose answers point at frames: the logit of a time, or of a stretch, is how well the row that asks fits the frames around
/// that time, or at the ends of that stretch and inside. What has no frames keeps the logit of its name.
///
/// On QVHighlights, where the best answer depends on 75 clips, students that name times by words alone stay below an untrained
/// reader; see experiments/grpo-vs-opd.
extension Decoder {
  /// Logits of the rows that predict, with what they point at.
  ///
  /// - Parameters:
  ///   - hidden: The rows of a pass that are read, after the last norm.
  ///   - batch: What they were made of.
  ///   - tape: The tape of the pass.
  /// - Returns: One row a row that predicts.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func logits(
    _ hidden: Variable, of batch: PackedBatch<Scalar>, on tape: Tape<Scalar>
  ) -> Variable {
    guard pointers != nil else { return tape.linear(hidden, head) }
    return logits(
      tape.gather(hidden, rows: batch.predicting), keys: keys(hidden, of: batch, on: tape),
      pointing(batch, branches: batch.predictingBranches), on: tape)
  }

  /// Logits of rows that ask, with what they point at.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func logits(
    _ hidden: Variable, keys: Variable?, _ plan: PointerPlan?, on tape: Tape<Scalar>
  ) -> Variable {
    let named = tape.linear(hidden, head)
    guard let pointers, let keys, let plan else { return named }
    return tape.pointing(named, query: tape.linear(hidden, pointers), keys: keys, plan)
  }

  /// The rows that are pointed at: those of features; `nil` where answers point at nothing.
  func keys(
    _ hidden: Variable, of batch: PackedBatch<Scalar>, on tape: Tape<Scalar>
  ) -> Variable? {
    pointers.map { _ in tape.gather(hidden, rows: batch.featureEntries) }
  }

  /// Who points where, for rows of logits that belong to `branches`.
  func pointing(_ batch: PackedBatch<Scalar>, branches: [Int]) -> PointerPlan? {
    pointers.map { _ in
      PointerPlan(prompts: branches, firsts: batch.firstFeatures, targets: batch.targets)
    }
  }

  /// Floating-point operations of pointing, for `rows` that ask one prompt of `features` rows.
  func pointingFlops(rows: Double, features: Int) -> Double {
    guard pointers != nil else { return 0 }
    let width = Double(configuration.width)
    return rows * (6 * width * width + 6 * width * Double(features))
  }
}
