internal import Foundation
internal import Core

/// What a curriculum saves, as JSON with sorted keys: equal states have equal bytes.
struct CurriculumState: Codable {
  /// The seed it was made with.
  var seed: Seed
  /// Rounds begun.
  var rounds: Int
  /// What is being dealt.
  var deck: PromptDeck?
  /// What training showed, by prompt.
  var histories: [String: PromptHistory]

  func bytes() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return [UInt8](try encoder.encode(self))
  }

  /// The state that a snapshot describes.
  ///
  /// - Throws: `CurriculumError` if it cannot be read or belongs to another seed.
  static func read(_ snapshot: [UInt8], seed: Seed) throws(CurriculumError) -> CurriculumState {
    let state: CurriculumState
    do {
      state = try JSONDecoder().decode(CurriculumState.self, from: Data(snapshot))
    } catch {
      throw .unreadableSnapshot(reason: "its \(snapshot.count) bytes are not a curriculum's state")
    }
    guard state.seed == seed else {
      throw .otherSeed(expected: seed.value, received: state.seed.value)
    }
    return state
  }
}
