#if Engines
import Core
import Distill
import Foundation
import Networks
import Storage
import Student
import Tensors
import Testing

@testable import Engines

/// A Python with torch, transformers and safetensors: OPD_STUDENT_PYTHON, or the one that `scripts/engine.sh` made.
private let python: String? = {
  let environment = ProcessInfo.processInfo.environment
  let engines = environment["OPD_ENGINES"] ?? "\(environment["HOME"] ?? "")/.cache/opd/engines"
  let candidates = [
    environment["OPD_STUDENT_PYTHON"], "\(engines)/skyrl-0.4.0/bin/python",
    "\(engines)/skyrl-tx-0.3.0/bin/python",
  ]
  return candidates.compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) }
}()

@Suite(
  "PyTorch and the native engine", .serialized,
  .enabled(
    if: python != nil, "needs torch: OPD_STUDENT_PYTHON, or 'scripts/engine.sh make 0.3.0'"))
struct EngineAgreementTests {
  private let llama = TinyLlama.small

  @Test(
    "have the same gradient",
    arguments: ["opd", "grpo", "dapo", "gspo", "cispo", "top", "opd-full"])
  func gradients(_ method: String) async throws { try await compare(method, isBeside: false) }

  @Test(
    "have it, too, where the teacher's rows stay in PyTorch",
    arguments: ["opd-full", "off-policy-kd", "gkd"], [1, 2])
  func beside(_ method: String, _ ranks: Int) async throws {
    try await compare(method, isBeside: true, ranks: ranks)
  }

  private func compare(_ method: String, isBeside: Bool, ranks: Int = 1) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var native = llama.student(seed: 2)
    try llama.write(native, to: folder + "/base")
    let agreement = AgreementCase(llama)
    let (groups, loss) = try await agreement.prepared(native, for: method)
    if isBeside { try llama.write(agreement.teacher, to: folder + "/teacher") }
    let (_, far) = try await agreement.prepared(native, for: method, isBeside: isBeside)

    let before = native.parameters
    let own = try native.accumulate(groups, loss)
    _ = native.update(AgreementCase.step)
    var elsewhere = try await worker(
      folder, ranks: ranks, teacher: isBeside ? folder + "/teacher" : nil)
    let its = try await elsewhere.accumulate(groups, far)
    _ = try await elsewhere.update(AgreementCase.step)
    let after = try await parameters(of: elsewhere, in: folder, features: before["features"])

    var (difference, length) = (0.0, 0.0)
    for (index, start) in before.values.enumerated() {
      let moved = Double(native.parameters.values[index]) - Double(start)
      let other = Double(after.values[index]) - Double(start)
      difference += (moved - other) * (moved - other)
      length += moved * moved
    }
    let error = (difference / length).squareRoot()
    let place = isBeside ? "\(method) beside, \(ranks) ranks" : method
    print("\(place): relative error of the gradient \(error), losses \(own.value) and \(its.value)")
    #expect(length > 1e-4 && error <= 1e-4)
    #expect(abs(own.value - its.value) <= 1e-4 * max(1, abs(own.value)))
  }

  private func train(
    _ student: inout RemoteLearner, on groups: [RolloutGroup], _ loss: PreparedLoss
  ) async throws {
    _ = try await student.accumulate(groups, loss)
    _ = try await student.update(UpdateStep(number: 1, learningRate: 0.01))
  }

  private func worker(
    _ folder: String, ranks: Int = 1, teacher: String? = nil
  ) async throws -> RemoteLearner {
    var parameters = ProcessStudentParameters()
    let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Examples/python-student/opd_student.py").path
    let torchrun = [
      "-m", "torch.distributed.run", "--nproc-per-node", "\(ranks)", "--standalone",
    ]
    parameters.command = [python ?? ""] + (ranks > 1 ? torchrun : []) + [program]
    (parameters.base, parameters.states) = (folder + "/base", folder + "/states")
    parameters.teacher = teacher
    return try await RemoteLearner.process(parameters, tokenizer: llama.vocabulary, answer: 8)
  }

  private func parameters(
    of student: RemoteLearner, in folder: String, features: [Float]
  ) async throws -> Parameters<Float> {
    let state = try await student.save(as: "end")
    let file = try SafetensorsFile.read(folder + "/states/\(state.name ?? "").safetensors")
    let shape = [llama.shape.width, llama.shape.features]
    let projection = Storage.NamedTensor(
      LlamaCheckpoint.sources("features")[0], shape: shape, values: features)
    return try LlamaCheckpoint.parameters(file.tensors + [projection], llama.shape)
  }

  @Test("PyTorch on two ranks is PyTorch on one, and goes on from its states")
  func ranks() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let native = llama.student(seed: 2)
    try llama.write(native, to: folder + "/base")
    let (groups, loss) = try await AgreementCase(llama).prepared(native, for: "opd")
    func scores(_ student: RemoteLearner) async throws -> [Float] {
      try await student.score(groups, support: .sampled, temperature: 1)
        .flatMap { $0.flatMap(\.sampled) }
    }
    func distance(_ one: [Float], _ two: [Float]) -> Float {
      one.count == two.count ? zip(one, two).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }
    var one = try await worker(folder)
    var two = try await worker(folder, ranks: 2)
    for _ in 0..<2 {
      try await train(&one, on: groups, loss)
      try await train(&two, on: groups, loss)
    }
    let first = try await scores(one)
    let untrained = try native.score(groups, support: .sampled, temperature: 1)
      .flatMap { $0.flatMap(\.sampled) }
    let apart = try await distance(first, scores(two))
    print("two ranks: log π differs by \(apart) nats from one rank after two updates")
    #expect(distance(first, untrained) > 0.01 && apart <= 1e-5)

    try await two.restore(one.save(as: "middle"))
    try await train(&one, on: groups, loss)
    try await train(&two, on: groups, loss)
    #expect(try await distance(scores(one), scores(two)) <= 1e-5)
  }

  @Test("PyTorch repeats itself, and goes on from a state, to the bit")
  func bits() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let native = llama.student(seed: 2)
    try llama.write(native, to: folder + "/base")
    let (groups, loss) = try await AgreementCase(llama).prepared(native, for: "opd")
    var first = try await worker(folder)
    try await train(&first, on: groups, loss)
    let middle = try await first.save(as: "middle")
    try await train(&first, on: groups, loss)
    var second = try await worker(folder)
    for _ in 0..<2 { try await train(&second, on: groups, loss) }
    #expect(try await second.fingerprint() == first.fingerprint())
    var third = try await worker(folder)
    try await third.restore(middle)
    try await train(&third, on: groups, loss)
    #expect(try await third.fingerprint() == first.fingerprint())
  }
}
#endif
