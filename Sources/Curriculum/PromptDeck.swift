internal import Core

/// Deals the chosen prompts of a round: each once an epoch, shuffled anew every epoch.
///
/// The order of an epoch depends on the deck's seed, the epoch's number and how many prompts there are; nothing else is
/// drawn, so that a saved deck is three numbers and a list of ids.
struct PromptDeck: Sendable, Hashable, Codable {
  /// The chosen prompts, ascending.
  let ids: [String]
  /// Where its orders come from.
  let seed: Seed
  /// The epoch, from 0.
  private(set) var epoch = 0
  /// How many prompts of this epoch were dealt.
  private(set) var position = 0
  /// How many prompts were dealt in all.
  private(set) var dealt = 0

  private var order: [Int] = []

  private enum CodingKeys: String, CodingKey {
    case ids, seed, epoch, position, dealt
  }

  /// A deck of which nothing was dealt.
  ///
  /// - Precondition: `ids` is not empty.
  init(_ ids: [String], seed: Seed) {
    self.ids = ids.sorted()
    self.seed = seed
  }

  /// The next prompts.
  mutating func deal(_ count: Int) -> [String] {
    (0..<count).map { _ in
      if position == ids.count {
        epoch += 1
        position = 0
        order = []
      }
      if order.isEmpty { order = shuffled() }
      defer {
        position += 1
        dealt += 1
      }
      return ids[order[position]]
    }
  }

  private func shuffled() -> [Int] {
    var generator = seed.derived("epoch", epoch).generator()
    return ids.indices.shuffled(using: &generator)
  }
}
