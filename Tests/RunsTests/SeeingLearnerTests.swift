import Core
import DistillTesting
import Foundation
import Networks
import Tensors
import Testing
import Tokenizers

@testable import Student

/// Videos of noise, a frame a second, wider than a tile.
private struct NoisyVideos: FilmedFrames {
  func places(of prompt: Prompt) -> [FramePlace] {
    prompt.visible.timestamps.map { FramePlace(file: prompt.video, frame: Int($0)) }
  }

  func pixels(of frames: [FramePlace]) -> [FramePixels] {
    frames.map { place in
      var dice = Seed(UInt64(place.frame)).derived(place.file).generator()
      return FramePixels(
        width: 12, height: 6, bytes: (0..<216).map { _ in UInt8(255 * dice.uniform()) })
    }
  }
}

@Suite("A model with pictures as a learner")
struct SeeingLearnerTests {
  let scratch: ScratchFolder
  let model: VisionModel
  let tokenizer: BytePairTokenizer

  init() throws {
    scratch = try ScratchFolder()
    model = try VisionModel(TinyPictureModel(scratch("model")).folder, positions: 160)
    tokenizer = try BytePairTokenizer(folder: model.path)
  }

  /// What is trained of a student.
  enum Part: CaseIterable {
    case decoder, connector, tower
  }

  private func student(
    _ part: Part, format: String = "look {frames} {query}:", longest: Int = 150,
    tiles: Bool = false, times: Bool = false
  ) throws -> SeeingStudent {
    var training = PictureTraining(
      decoder: AdapterConfiguration(rank: 3, alpha: 6, targets: .allLinear))
    training.connector = part != .decoder
    if part == .tower {
      training.tower = AdapterConfiguration(rank: 2, alpha: 4, targets: .allLinear)
    }
    (training.cutsTiles, training.saysTimes) = (tiles, times)
    return try SeeingStudent(
      model, tokenizer: tokenizer,
      text: TextPrompts(
        format: format, template: "plain", tokenizer: tokenizer, longest: longest),
      training: training, videos: NoisyVideos(), seed: Seed(3))
  }

  /// Random numbers in place of B, where A would have no gradient.
  private func moved(_ student: SeeingStudent) throws -> SeeingStudent {
    var student = student
    var generator = Seed(5).generator()
    var state = student.save(as: "x")
    for index in state.blobs[0].values.indices {
      state.blobs[0].values[index] += Float(0.1 * generator.normal())
    }
    try student.restore(state)
    return student
  }

  private let prompts = ["what is it", "who", "the dog runs"].enumerated().map { index, query in
    Prompt(
      id: "q\(index)", video: "v\(index)", query: query,
      evidence: FrameFeatures(
        values: [0, 0, 0], tokensPerFrame: 1, channels: 1, timestamps: [1, 4, 7], duration: 9),
      truth: [], keyframes: index == 0 ? nil : [index, 0])
  }

  private func groups(_ prompts: [Prompt]) -> [RolloutGroup] {
    prompts.map { prompt in
      RolloutGroup(
        prompt: prompt,
        rollouts: [[7, 9, 4, 256], [60, 61]].enumerated().map { slot, tokens in
          Rollout(
            promptID: prompt.id, slot: slot, tokens: tokens,
            logProbabilities: tokens.map { _ in 0 }, finish: .length)
        })
    }
  }

  private func scores(_ policy: any Policy, _ prompts: [Prompt]) async throws -> [[Float]] {
    try await policy.score(groups(prompts), support: .sampled, temperature: 1)
      .map { $0.flatMap(\.sampled) }
  }

  @Test("keeps every law, whatever of it is trained", arguments: Part.allCases)
  func laws(_ part: Part) async throws {
    await checkLearner(try moved(try student(part)), prompts: prompts)
  }

  @Test("keeps every law with frames in tiles and their times before them")
  func tiles() async throws {
    let student = try moved(try student(.tower, format: "{query}", tiles: true, times: true))
    await checkLearner(student, prompts: prompts.suffix(2))
  }

  @Test("begins as the model is when it is shown pictures, bit for bit", arguments: Part.allCases)
  func beginsAsModel(_ part: Part) async throws {
    let reader = try PictureReader(model)
    var processor = reader.processor
    if case .tiled(var tiles) = processor {
      tiles.splits = false
      processor = .tiled(tiles)
    }
    let text = try TextPrompts(
      format: "{query}", template: "plain", tokenizer: tokenizer, longest: 150)
    let own = try await scores(try student(part), prompts)
    for (index, prompt) in prompts.enumerated() {
      let videos = NoisyVideos()
      let pictures = try videos.pixels(of: videos.places(of: prompt)).map {
        try processor.process(Picture(width: $0.width, height: $0.height, bytes: $0.bytes))
      }
      let said = try TileMarkers().expanded(
        "look " + pictures.map { _ in "<image>" }.joined() + " \(prompt.query):",
        pictures: pictures.map(\.parts), length: 4)
      let rows = try reader.rows(of: tokenizer.encode(said), pictures)
      let policy = DecoderPolicy(reader, tokenizer: tokenizer, prompts: text).reading(rows)
      #expect(try await scores(policy, [prompt])[0] == own[index])
    }
  }

  @Test("finds an answer as likely alone as among others, and by the frames in view")
  func packed() async throws {
    let student = try moved(try student(.tower))
    let all = try await scores(student, prompts)
    for (prompt, expected) in zip(prompts, all) {
      #expect(try await scores(student, [prompt]) == [expected])
      #expect(try await scores(student, [prompt.showing([2])])[0] != expected)
    }
    let frozen = try await student.snapshot()
    #expect(try await scores(frozen, prompts) == all)
  }

  @Test("keeps what is trained alone: changes and the connector")
  func size() throws {
    let perLayer = 3 * ((32 + 32) + 2 * (32 + 16) + (32 + 32) + 2 * (32 + 24) + (24 + 32))
    let perTowerLayer = 2 * (4 * (12 + 12) + 2 * (12 + 10))
    let connector = 32 * 48
    let sizes = try Part.allCases.map { try student($0).save(as: "x").blobs.map(\.values.count) }
    #expect(
      sizes == [
        [2 * perLayer], [2 * perLayer + connector],
        [2 * perLayer + connector + 2 * perTowerLayer],
      ])
  }

  @Test("moves its connector and its tower by what an answer is worth")
  func learns() async throws {
    var student = try student(.tower)
    let before = student.adapter
    let groups = groups(prompts)
    let loss = LikelihoodLoss(tokens: groups.map { $0.rollouts.map(\.tokens) })
    var values: [Double] = []
    for number in 1...3 {
      values.append(try await student.accumulate(groups, loss).value)
      _ = student.update(UpdateStep(number: number, learningRate: 3e-3))
    }
    #expect(values[2] < values[0], "\(values)")
    let after = try #require(student.adapter)
    #expect(after.whole != before?.whole)
    let tower = after.factors.filter { $0.module.contains("vision_model") }
    #expect(tower.count == 12 && tower.allSatisfy { $0.up.contains { $0 != 0 } })
  }

  @Test("costs more the more of it is trained, and the more frames are in view")
  func flops() throws {
    let all = try Part.allCases.map { try student($0).flops(of: groups(prompts), .training) }
    #expect(all[1] >= all[0] && all[2] > all[1])
    let one = try student(.connector)
    let few = groups(prompts.map { $0.showing([0]) })
    #expect(one.flops(of: few, .sampling) < one.flops(of: groups(prompts), .sampling))
  }

  @Test("refuses prompts that are too long, and gates of a selector")
  func refusals() async throws {
    let short = try student(.connector, longest: 30)
    let long = await #expect(throws: TextPromptError.self) {
      _ = try await scores(short, prompts)
    }
    #expect(long?.description.contains("the student reads 1 to 30") == true)
    var gated = prompts[1]
    gated.gates = [1, 0.5]
    let asked = gated
    await #expect(throws: TextPromptError.gates(prompt: "q1")) {
      _ = try await scores(try student(.connector), [asked])
    }
  }
}

/// −Σ log π of the responses.
private struct LikelihoodLoss: ResponseLoss {
  let tokens: [[[Token]]]

  func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    let response = tokens[group][slot]
    let width = logits.count / response.count
    _ = Rows.logSoftmax(&logits, width: width, temperature: 1)
    var report = LossReport()
    for (position, token) in response.enumerated() {
      report.value -= Double(logits[position * width + token])
      for index in 0..<width {
        let place = position * width + index
        logits[place] = Scalar.exponential(logits[place]) - (index == token ? 1 : 0)
      }
    }
    return report
  }
}
