#if Engines
import Core
import Distill
import Foundation
import Networks
import Storage
import Student
import Testing

@testable import Engines

/// Where a server of `scripts/engine.sh` runs, if one does: OPD_ENGINE_URL, and OPD_ENGINE_BASE, the folder of its base model.
private let server = ProcessInfo.processInfo.environment["OPD_ENGINE_URL"]
private let base = ProcessInfo.processInfo.environment["OPD_ENGINE_BASE"] ?? ""

/// What an adapter of rank r beside a matrix W is: W + scale · B · A.
private struct LowRank {
  var a: Storage.NamedTensor
  var b: Storage.NamedTensor
  var scale: Double

  /// ∂loss/∂B = scale · ∂loss/∂W · Aᵀ, and so are steps along it.
  func expected(_ change: [Double]) -> [Double] {
    let (rank, width) = (a.shape[0], a.shape[1])
    return b.values.indices.map { index in
      let (row, column) = (index / rank, index % rank)
      return scale
        * (0..<width).reduce(0.0) {
          $0 + change[row * width + $1] * Double(a.values[column * width + $1])
        }
    }
  }
}

@Suite(
  "A training server and the native engine", .serialized,
  .enabled(if: server != nil, "needs OPD_ENGINE_URL and OPD_ENGINE_BASE; see scripts/engine.sh"))
struct ServerAgreementTests {
  @Test(
    "have the same gradient, whatever the server's own losses and means",
    arguments: ["opd", "grpo", "dapo", "gspo", "cispo", "top"])
  func gradients(_ method: String) async throws {
    let llama = try TinyLlama(reading: base)
    var native = try llama.student(reading: base)
    let (groups, loss) = try await AgreementCase(llama).prepared(native, for: method)
    let before = LlamaCheckpoint.tensors(native.parameters, llama.shape)
    let own = try native.accumulate(groups, loss)
    _ = native.update(AgreementCase.step)
    let after = LlamaCheckpoint.tensors(native.parameters, llama.shape)

    var elsewhere = try await connected(llama)
    let its = try await elsewhere.accumulate(groups, loss)
    _ = try await elsewhere.update(AgreementCase.step)
    let adapters = try await adapters(of: elsewhere)
    // Seven matrices of each layer.
    #expect(adapters.count == 7 * llama.shape.layers)

    var (difference, length) = (0.0, 0.0)
    for (old, new) in zip(before, after) {
      guard let adapter = adapters[old.name] else { continue }
      let change = zip(new.values, old.values).map { Double($0) - Double($1) }
      // B was zero.
      for (value, expected) in zip(adapter.b.values, adapter.expected(change)) {
        let apart = Double(value) - expected
        difference += apart * apart
        length += expected * expected
      }
    }
    let error = (difference / length).squareRoot()
    print(
      "\(method): relative error of the server's gradient \(error), losses \(own.value) and \(its.value)"
    )
    #expect(length > 1e-4 && error <= 1e-4)
    #expect(abs(own.value - its.value) <= 1e-4 * max(1, abs(own.value)))
  }

  /// A learner on the server; what the probe would measure is known of the servers of `scripts/engine.sh`.
  private func connected(_ llama: TinyLlama) async throws -> RemoteLearner {
    var parameters = TinkerParameters(url: server ?? "", base: base)
    parameters.rank = 8
    let client = try await TinkerClient.connect(parameters)
    var abilities = StudentAbilities()
    abilities.reduction = LossReduction(tokens: .meanOfSequence, extent: .update)
    (abilities.repeatError, abilities.resumeError) = (0, 0)
    let engine = TinkerEngine(
      TinkerEngine.Setting(
        client: client, abilities: abilities, prompts: .words(parameters.prompts),
        tokenizer: llama.vocabulary,
        book: CostBook(parameters.prices)))
    return RemoteLearner(
      engine, tokenizer: llama.vocabulary, abilities: LearnerAbilities(targets: .max),
      flopsPerToken: 0)
  }

  /// The adapter of each matrix, by the matrix's name in a checkpoint.
  private func adapters(of learner: RemoteLearner) async throws -> [String: LowRank] {
    let archive = try TarArchive(gzip: try await archive(of: learner), from: "the adapter")
    let json = Data(try #require(archive["adapter_config.json"]))
    let about = try JSONDecoder().decode(Adapter.self, from: json)
    let weights = try #require(archive["adapter_model.safetensors"])
    let tensors = try SafetensorsFile(weights, from: "the adapter").tensors
    let named = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
    var result: [String: LowRank] = [:]
    for (name, a) in named where name.hasSuffix(".lora_A.weight") {
      let stem = String(name.dropLast(".lora_A.weight".count))
      let b = try #require(named[stem + ".lora_B.weight"])
      result[stem.replacing("base_model.model.", with: "") + ".weight"] = LowRank(
        a: a, b: b, scale: about.alpha / Double(about.rank))
    }
    return result
  }

  private struct Adapter: Decodable {
    var alpha: Double
    var rank: Int

    enum CodingKeys: String, CodingKey {
      case alpha = "lora_alpha"
      case rank = "r"
    }
  }

  /// The adapter as the server exports it.
  private func archive(of learner: RemoteLearner) async throws -> [UInt8] {
    // The state's name is `tinker://MODEL/weights/…`.
    let path = try #require(try await learner.save(as: "gradient").name)
    let model = TinkerModel(
      id: String(path.split(separator: "/")[1]), base: base, rank: 8)
    let engine = try #require(learner.engine as? TinkerEngine)
    _ = try await engine.setting.client.saveSampler(model, as: "gradient")
    return try await engine.setting.client.adapterArchive(model, named: "gradient")
  }
}
#endif
