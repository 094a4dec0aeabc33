#if Engines
import Foundation
import Storage
import Testing

@testable import Engines

@Suite(
  "Probe of a training server", .serialized, .enabled(if: StubEngine.isPossible, "needs python3"))
struct StudentProbeTests {
  /// A lie, and the check that must name it.
  struct Lie: Sendable, CustomTestStringConvertible {
    var mode: String
    var check: String
    var verdict = ProbeReport.Verdict.fail
    var testDescription: String { mode }

    static let all = [
      Lie(mode: "shifted_scores", check: "trains the target"),
      Lie(mode: "drift", check: "repeats"),
      Lie(mode: "positive", check: "scores targets"),
      Lie(mode: "loses_one", check: "scores targets"),
      Lie(mode: "ignores_advantages", check: "trains the target"),
      Lie(mode: "clips_advantages", check: "linear in advantages"),
      Lie(mode: "wrong_sign", check: "trains the target"),
      Lie(mode: "shifted_gradient", check: "trains the target"),
      Lie(mode: "leaks", check: "trains no other token"),
      Lie(mode: "root_rate", check: "learning rate"),
      Lie(mode: "ignores_epsilon", check: "linear in advantages"),
      Lie(mode: "odd_reduction", check: "reduction"),
      Lie(mode: "ignores_ratio", check: "importance ratio", verdict: .limit),
      Lie(mode: "squares_ratio", check: "importance ratio"),
      Lie(mode: "keeps_gradients", check: "gradients end with a step"),
      Lie(mode: "forward_trains", check: "forward leaves no gradient"),
      Lie(mode: "repeats_writes", check: "repeated writes", verdict: .limit),
      Lie(mode: "takes_other_payloads", check: "repeated writes", verdict: .limit),
      Lie(mode: "base_sampler", check: "samples what it scores"),
      Lie(mode: "long_samples", check: "samples what it scores"),
      Lie(mode: "no_seeds", check: "seeds", verdict: .limit),
      Lie(mode: "one_seed", check: "seeds"),
      Lie(mode: "same_samples", check: "seeds"),
      Lie(mode: "ignores_temperature", check: "temperature", verdict: .limit),
      Lie(mode: "hot_scores", check: "temperature of scores", verdict: .limit),
      Lie(mode: "no_alternatives", check: "likeliest tokens", verdict: .limit),
      Lie(mode: "forgets_moments", check: "resumes"),
      Lie(mode: "loads_nothing", check: "resumes"),
      Lie(mode: "no_conflicts", check: "names of checkpoints", verdict: .limit),
      Lie(mode: "old_overwrites", check: "older samplers", verdict: .limit),
      Lie(mode: "no_archive", check: "exports the adapter", verdict: .limit),
      Lie(mode: "broken_archive", check: "exports the adapter", verdict: .limit),
      Lie(mode: "no_targets", check: "exports the adapter", verdict: .limit),
      Lie(mode: "other_targets", check: "exports the adapter", verdict: .limit),
      Lie(mode: "half_adapter", check: "exports the adapter", verdict: .limit),
      Lie(mode: "empty_adapter", check: "exports the adapter", verdict: .limit),
      Lie(mode: "infinite_adapter", check: "exports the adapter", verdict: .limit),
      Lie(mode: "own_names", check: "exports the adapter", verdict: .limit),
      Lie(mode: "flattens", check: "rows of targets", verdict: .limit),
      Lie(mode: "drops_images", check: "images", verdict: .limit),
      Lie(mode: "no_images", check: "images", verdict: .limit),
      Lie(mode: "fails_futures", check: "scores targets"),
    ]
  }

  @Test("finds nothing wrong with a good one", arguments: [TinkerDialect.json, .protobuf])
  func good(_ dialect: TinkerDialect) async throws {
    let server = try StubEngine(.init(dialect: dialect, reduction: "sum", extent: "sum"))
    let report = try await StudentProbe.report(on: server.parameters)
    #expect(report.checks.filter { $0.verdict != .ok } == [], "\(report.text)")
    #expect(report.checks.count == 26)
    #expect(report.passed)
    let abilities = report.abilities
    #expect(abilities.reduction == LossReduction(tokens: .sum, extent: .sum))
    #expect(abilities.resumesExactly && abilities.repeatError == 0)
    #expect(abilities.images && abilities.readsTargetRows && abilities.negativeWeights)
    #expect(abilities.alternatives == 2 && abilities.repeatsAreOneWrite)
  }

  @Test("names each lie", arguments: Lie.all)
  func lies(_ lie: Lie) async throws {
    let server = try StubEngine(.init(mode: lie.mode))
    let report = try await StudentProbe.report(on: server.parameters)
    let found = try #require(report.checks.first { $0.name == lie.check }, "\(report.text)")
    #expect(found.verdict == lie.verdict, "\(report.text)")
    #expect(report.passed == (lie.verdict != .fail), "\(report.text)")
    #expect(report.text.contains("\(lie.verdict == .fail ? "FAIL " : "limit") \(lie.check) "))
    if lie.verdict == .fail {
      #expect(throws: EngineError.self) { try report.require() }
    }
  }

  @Test(
    "says what PEFT loads of an exported adapter",
    arguments: [
      ("", "PEFT loads gate_proj, q_proj, v_proj (6 in all), rank 2, α 4.0"),
      (
        "no_targets",
        "PEFT takes q_proj and v_proj; PEFT loads q_proj, v_proj (4 in all), rank 2, α 4.0; target_modules does not name gate_proj"
      ),
      ("other_targets", "; there are no tensors of down_proj"),
      ("half_adapter", "; one of the two matrices is missing of v_proj"),
      ("empty_adapter", "; there are only zeros in gate_proj"),
      ("infinite_adapter", "; there are numbers that are not finite in gate_proj"),
      (
        "own_names",
        "; PEFT has no such names: model.layers.0.gate_proj.lora_A.weight (12 in all)"
      ),
    ])
  func exports(_ mode: String, _ words: String) async throws {
    let server = try StubEngine(.init(mode: mode))
    let report = try await StudentProbe.report(on: server.parameters)
    let line = report.checks.first { $0.name == "exports the adapter" }?.finding ?? ""
    #expect(line.contains(words), "\(line)")
  }

  @Test("writes adapters that PEFT loads wholly where the server names no modules")
  func namesModules() async throws {
    let server = try StubEngine(.init(mode: "no_targets"))
    let client = try await TinkerClient.connect(server.parameters)
    defer { client.close() }
    let model = try await client.createModel(base: client.parameters.base, rank: 2, seed: 1)
    let archive = try await client.adapterArchive(model, named: "any")
    var adapter = try ExportedAdapter(archive: archive)
    #expect(try adapter.loaded().isWhole == false)
    adapter.nameModules()
    #expect(try adapter.loaded().isWhole)
    let folder = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try adapter.write(folder: folder)
    let text = try String(contentsOfFile: folder + "/adapter_config.json", encoding: .utf8)
    #expect(text.contains("\"gate_proj\"") && text.contains("\"lora_alpha\" : 4"))
    let tensors = try SafetensorsFile.read(folder + "/adapter_model.safetensors").tensors
    #expect(tensors.count == 12)
  }

  @Test("takes nothing for a limit of a server that was started again meanwhile")
  func restarted() async throws {
    let server = try StubEngine(.init(mode: "restarts"))
    let error = await #expect(throws: EngineError.self) {
      try await StudentProbe.report(on: server.parameters)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("was being measured"))
  }

  @Test(
    "tells how losses are averaged",
    arguments: [
      ("sum", "sum", LossReduction(tokens: .sum, extent: .sum)),
      ("sum", "pass", LossReduction(tokens: .sum, extent: .pass)),
      ("sum", "update", LossReduction(tokens: .sum, extent: .update)),
      ("sequences", "sum", LossReduction(tokens: .meanOfSequence, extent: .sum)),
      ("sequences", "pass", LossReduction(tokens: .meanOfSequence, extent: .pass)),
      ("sequences", "update", LossReduction(tokens: .meanOfSequence, extent: .update)),
      ("tokens", "pass", LossReduction(tokens: .meanOfAll, extent: .pass)),
      ("tokens", "update", LossReduction(tokens: .meanOfAll, extent: .update)),
    ])
  func reductions(_ tokens: String, _ extent: String, _ expected: LossReduction) async throws {
    let server = try StubEngine(.init(reduction: tokens, extent: extent))
    let report = try await StudentProbe.report(on: server.parameters)
    #expect(report.abilities.reduction == expected, "\(report.text)")
  }
}
#endif
