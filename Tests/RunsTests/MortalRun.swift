import Foundation
import Plugins
import Core
import Synchronization

@testable import Records
@testable import Runs

/// A run of seconds on a world of a dozen videos.
struct MortalRun {
  /// The stages, as YAML; each line is indented by four.
  var stages: String
  /// Further keys, as YAML.
  var more = ""
  /// When the process dies, in rewarded batches.
  var patience = Int.max

  /// The configuration.
  var value: ConfigurationValue {
    get throws {
      try ConfigurationFile.parse(
        """
        name: small
        data: {world: {videos: 12, devVideos: 4, queriesPerVideo: 2, frames: 12, patches: 1, difficulty: easy}}
        student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32, timeOctaves: 3}}
        keyframes: {tad: {budget: 8}}
        teacher: {oracle: {unreliableShare: 0.25}}
        reward: mortal
        evaluation: {every: 2, count: 4}
        checkpoint: {every: 3}
        threads: 1
        \(more)
        stages:
        \(stages)
        """, file: "small.yaml")
    }
  }

  /// Carries the run out in a folder.
  @discardableResult
  func carryOut(in folder: String, resume: Bool = false) async throws -> [String: Double] {
    try await RunExecutor(laboratory()).run(value, in: folder, resume: resume)
  }

  /// Everything that can be named, and a reward that ends the process, as far as the run can tell.
  func laboratory() throws -> Laboratory {
    var laboratory = try Laboratory.standard()
    let rewards = laboratory.rewards
    let patience = patience
    try laboratory.rewards.register("mortal", summary: "the grounding reward, for a while") {
      MortalReward(try rewards.build("grounding", in: $0), patience: patience)
    }
    return laboratory
  }
}

/// A reward that throws after some batches.
final class MortalReward: RewardFunction {
  struct Killed: Error {}

  private let base: any RewardFunction
  private let left: Mutex<Int>

  init(_ base: any RewardFunction, patience: Int) {
    self.base = base
    left = Mutex(patience)
  }

  func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    let isDead = left.withLock { left in
      left -= left == Int.max ? 0 : 1
      return left < 0
    }
    if isDead { throw Killed() }
    return try await base.rewards(groups)
  }
}

extension TemporaryFolder {
  /// The bytes of a file of a run in here; empty where there is none.
  func bytes(_ run: String, _ name: String) -> Data {
    FileManager.default.contents(atPath: "\(path)/\(run)/\(name)") ?? Data()
  }

  /// The lines of a file of a run in here.
  func lines(_ run: String, _ name: String) -> [FlatObject] {
    RunFile("\(path)/\(run)/\(name)").lines()
  }
}
