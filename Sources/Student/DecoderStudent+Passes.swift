internal import Networks
package import Core
package import Tensors

extension DecoderStudent {
  /// The gradient of a loss in the parameters.
  ///
  /// - Parameters:
  ///   - groups: Prompts with the responses the loss is about.
  ///   - loss: What to differentiate.
  ///   - gradient: Receives the sum over responses.
  ///   - filling: Whether what was in it is overwritten.
  /// - Returns: The summed shares of all responses.
  /// - Throws: What is wrong with a prompt, or what the loss throws.
  package func differentiate(
    _ groups: [RolloutGroup], _ loss: some ResponseLoss, into gradient: GradientShards,
    _ filling: GradientShards.Filling = .anew
  ) throws -> LossReport {
    let weights = policy(for: .training).weights
    let groups = try model.shown(groups, weights)
    let parts = GradientShards.parts(groups.count, count: gradient.count)
    let reports = try gradient.fill(filling) { part, tape, values in
      guard !parts[part].isEmpty else { return LossReport?.none }
      var report = LossReport()
      let own = Array(groups[parts[part]])
      for block in model.blocks(own, differentiating: true) {
        let branches = try model.branches(block, of: own, weights)
        let slopes = model.trainedPictures.map { _ in GradientSink<Float>() }
        try weights.run(tape, addingGradientTo: &values) { tape in
          try model.decoder.pass(branches, on: tape, differentiating: true, features: slopes) {
            index, response, logits in
            report.add(
              try loss.evaluate(
                group: parts[part].lowerBound + block[index].group,
                slot: block[index].responses.lowerBound + response, logits: &logits))
          }
        }
        try model.trainedPictures?.differentiate(
          block.map { own[$0.group].prompt }, slopes?.values ?? [], weights, tape, &values)
      }
      return report
    }
    return reports.reduce(into: LossReport()) { $0.add($1) }
  }

  /// Shows a loss the logits of responses, in one forward pass.
  package func read(
    _ groups: [RolloutGroup], _ probe: some ResponseLoss
  ) throws -> LossReport {
    let weights = policy.weights
    let groups = try model.shown(groups, weights)
    // The parts of a training pass, so that sums of a report have the same bits.
    let parts = GradientShards.parts(groups.count, count: GradientShards.standardCount)
    let reports = try Parallel.map(chunks: parts.count) { part in
      var report = LossReport()
      let own = Array(groups[parts[part]])
      for block in model.blocks(own, differentiating: false) {
        let branches = try model.branches(block, of: own, weights)
        try TapePool.withTape { tape in
          try weights.run(tape) { tape in
            try model.decoder.pass(branches, on: tape, differentiating: false) {
              index, response, logits in
              report.add(
                try probe.evaluate(
                  group: parts[part].lowerBound + block[index].group,
                  slot: block[index].responses.lowerBound + response, logits: &logits))
            }
          }
        }
      }
      return report
    }
    return reports.reduce(into: LossReport()) { $0.add($1) }
  }

  /// How long the gradients of several losses are, and how they lie to the first.
  package func compareGradients(
    _ groups: [RolloutGroup], of losses: [any ResponseLoss]
  ) throws -> GradientComparison {
    // The memory of the student's own gradient, unless an update is still to take what is in it.
    var scratch = training.gradient
    if training.isPending { scratch = GradientShards(layout: parameters.layout) }
    var result = GradientComparison(norms: [], products: [])
    var first: [Float] = []
    for (place, loss) in losses.enumerated() {
      _ = try differentiate(groups, loss, into: scratch)
      let (gradient, norm) = scratch.total()
      if place == 0 { first = gradient.values }
      result.norms.append(norm)
      result.products.append(
        zip(first, gradient.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) })
    }
    return result
  }

  /// Weights, gradient in parts, the activations of a pass, and pictures with their tower.
  package func footprint(rows: Int) -> LearnerFootprint {
    let longest = model.rowsOfPass(longest: rows)
    let pictures = embedder as? PicturePrompts
    return LearnerFootprint(
      parameters: parameters.layout.count, gradientParts: GradientShards.standardCount,
      passBytes: Double(model.passBytes(rows: longest) + (pictures?.passBytes(rows: longest) ?? 0)),
      frozen: (model.base?.weights.bytes ?? 0) + (pictures?.towerBytes ?? 0),
      pictures: pictures == nil ? 0 : KeptFrames.most)
  }
}
