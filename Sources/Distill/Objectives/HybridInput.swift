package import Core

/// Disordered inputs, to see whether an answer needs its frames in order.
package enum DisorderedInput: Sendable, Hashable {
  /// A share of keyframes with other frames for the rest, shuffled together: KF-GRPO's Ŝ.
  ///
  /// With a `block` frames change places within so many neighbours only, and what happens early stays early; without one
  /// all of them do.
  case hybrid(share: Double, block: Int? = nil)
  /// The keyframes themselves, shuffled: T-GRPO.
  case shuffled

  /// The frames of a disordered input, in the order the policy sees them.
  ///
  /// - Parameters:
  ///   - keyframes: S, distinct indices.
  ///   - frameCount: F.
  ///   - seed: The stream of this prompt at this step.
  /// - Returns: As many distinct indices as S has, in an order that is not ascending where there are two or more.
  /// - Throws: `HybridInputError.tooFewOthers` if the frames that are not keyframes do not suffice: a half-and-half hybrid
  ///   needs |S| ≤ 2F/3.
  /// - Complexity: O(F).
  package func frames(
    keyframes: [Int], frameCount: Int, seed: Seed
  ) throws(HybridInputError) -> [Int] {
    var dice = seed.derived("disordered input").generator()
    var chosen = keyframes
    var block = keyframes.count
    if case .hybrid(let share, let neighbours) = self {
      block = neighbours ?? block
      let kept = Int((share * Double(keyframes.count)).rounded())
      let members = Set(keyframes)
      let others = (0..<frameCount).filter { !members.contains($0) }
      let needed = keyframes.count - kept
      guard needed <= others.count else {
        throw .tooFewOthers(
          keyframes: keyframes.count, frames: frameCount, needed: needed, others: others.count)
      }
      chosen = Array(keyframes.shuffled(using: &dice).prefix(kept))
      chosen += others.shuffled(using: &dice).prefix(needed)
    }
    guard chosen.count > 1 else { return chosen }
    if block < chosen.count { chosen.sort() }
    repeat { chosen.shuffle(inBlocksOf: block, using: &dice) } while chosen == chosen.sorted()
    return chosen
  }
}

extension [Int] {
  /// Deals the members of each run of `size` neighbours among its places.
  fileprivate mutating func shuffle(inBlocksOf size: Int, using dice: inout SeededGenerator) {
    for start in stride(from: 0, to: count, by: size) {
      self[start..<Swift.min(start + size, count)].shuffle(using: &dice)
    }
  }
}

/// Why a disordered input cannot be made.
package enum HybridInputError: ExplainedError, Hashable {
  /// There are not enough frames besides the keyframes.
  case tooFewOthers(keyframes: Int, frames: Int, needed: Int, others: Int)

  /// What happened.
  package var happened: String {
    switch self {
    case .tooFewOthers(let keyframes, let frames, let needed, let others):
      """
      A hybrid input of \(keyframes) frames needs \(needed) that are not keyframes, and only \(others) of \
      \(frames) frames are not.
      """
    }
  }

  /// What to do about it.
  package var remedy: String {
    "Select at most two thirds of the frames (ratio ≤ 2/3), or raise `hybridShare`."
  }
}
