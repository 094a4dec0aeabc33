internal import Core
internal import Foundation
internal import Storage
internal import Tensors

/// Reference values of one adapter beside those of a pass.
private struct GoldenAdapter: Decodable {
  struct Merged: Decodable {
    var weights: [String: GoldenTensor]
  }
  /// The base model's folder, from that of all reference values.
  var base: String
  /// By module.
  var scaling: [String: Double]
  var merged: Merged
}

extension ModelGolden {
  /// Every adapter on its base model: scaling, merged weights, logits, and the gradient in every factor.
  package static func adapters(_ folder: String) throws -> [GoldenResult] {
    try folders(folder + "/lora").flatMap { path in
      let name = "lora/" + path.split(separator: "/").suffix(1).joined()
      do {
        return try adapter(name, path, folder)
      } catch let error as any ExplainedError {
        return [GoldenResult(name, isTrue: false, note: "\(error)")]
      }
    }
  }

  private static func adapter(
    _ name: String, _ path: String, _ folder: String
  ) throws -> [GoldenResult] {
    let golden: GoldenAdapter = try decode(path + "/golden.json")
    let values: GoldenPass = try decode(path + "/golden.json")
    let model = try PretrainedModel(folder + "/" + golden.base)
    let adapter = try LowRankAdapter(folder: path, for: model.configuration)
    let scaling = Dictionary(
      adapter.factors.map { ($0.module, $0.scaling) }, uniquingKeysWith: { first, _ in first })
    let agrees =
      scaling.count == golden.scaling.count
      && golden.scaling.allSatisfy { abs((scaling[$0.key] ?? 0) / $0.value - 1) < 1e-11 }
    let parameters = model.parameters()
    return [GoldenResult(name + "/scaling", isTrue: agrees)]
      + beside(name, model, adapter, parameters, values)
      + beside(name, model, adapter, parameters.converted(to: Double.self), values)
      + compare(name, model, adapter, parameters, values, golden.merged.weights)
      + compare(
        name, model, adapter, parameters.converted(to: Double.self), values,
        golden.merged.weights)
  }

  /// An adapter that changes logits by several units makes attention so sharp that PEFT in single precision is itself off
  /// by 2.5e-5 of a gradient's norm and 2.3e-5 of a logit (all-rslora; 2e-6 and 6e-6 for the other two).
  private static func tolerance<Scalar: Real>(_: Scalar.Type) -> GoldenTolerance {
    Scalar.self == Double.self ? .of(Double.self) : GoldenTolerance(logits: 5e-5, gradients: 5e-5)
  }

  /// The adapter beside frozen weights, as it is trained.
  private static func beside<Scalar: Real>(
    _ name: String, _ model: PretrainedModel, _ adapter: LowRankAdapter,
    _ parameters: Parameters<Scalar>, _ values: GoldenPass
  ) -> [GoldenResult] {
    let adapters: AdapterWeights<Scalar> = adapter.weights(
      adapter.parameters(), beside: parameters.layout, for: .training)
    let computed = ComputedPass(model.configuration, parameters, adapters: adapters, values)
    let tolerance = tolerance(Scalar.self)
    let results = values.compare(
      name, computed, model.configuration, parameters, adapters: adapters, tolerance)
    return results
      + values.gradients.sorted { $0.key < $1.key }.map { what, expected in
        let isThere = computed.gradient.layout[what] != nil
        return GoldenResult(
          "\(name)/\(Scalar.self)/gradient of \(what)",
          error: isThere ? expected.distance(computed.gradient[what]) : .infinity,
          tolerance: tolerance.gradients)
      }
  }

  /// The adapter added to the weights.
  private static func compare<Scalar: Real>(
    _ name: String, _ model: PretrainedModel, _ adapter: LowRankAdapter,
    _ parameters: Parameters<Scalar>, _ values: GoldenPass, _ weights: [String: GoldenTensor]
  ) -> [GoldenResult] {
    var merged = parameters
    adapter.merge(into: &merged)
    let computed = ComputedPass(model.configuration, merged, values)
    let tolerance = tolerance(Scalar.self)
    var own: [String: [Scalar]] = [:]
    for (factors, gradient) in zip(adapter.factors, adapter.gradients(computed.gradient)) {
      own[factors.downName] = gradient.down
      own[factors.upName] = gradient.up
    }
    let gradients = values.gradients.map { name, expected in
      ("gradient of " + name, own[name].map { expected.distance($0) })
    }
    let changed = weights.map { name, expected in
      (name, merged.tensor(name, model.names).map { expected.distance($0) })
    }
    return values.compare(name + "/merged", computed, model.configuration, merged, tolerance)
      + (gradients + changed).sorted { $0.0 < $1.0 }.map { what, error in
        GoldenResult(
          "\(name)/merged/\(Scalar.self)/\(what)", error: error ?? .infinity,
          tolerance: tolerance.gradients)
      }
  }
}
