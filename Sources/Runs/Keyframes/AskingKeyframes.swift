internal import Core
internal import TAD

/// A selector that has to ask somebody else, and so is asked beforehand about all prompts that come together: selecting waits
/// for nobody.
protocol AskingKeyframes: KeyframeSelector {
  /// The same with what is chosen for these prompts.
  ///
  /// - Parameters:
  ///   - prompts: Questions with all their frames, as they were filmed.
  ///   - shown: The same questions as a student is shown them, perhaps with channels made of the query.
  /// - Returns: A selector that knows these prompts.
  /// - Throws: What asking throws.
  func asking(about prompts: [Prompt], shown: [Prompt]) async throws -> any KeyframeSelector
}

extension KeyframeSelector {
  /// The same selector once it knows what it has to ask somebody else; itself where it asks nobody.
  ///
  /// - Throws: What asking throws.
  func asked(
    about prompts: [Prompt], shown: [Prompt]? = nil
  ) async throws -> any KeyframeSelector {
    guard let asking = self as? any AskingKeyframes else { return self }
    return try await asking.asking(about: prompts, shown: shown ?? prompts)
  }
}

/// What was chosen for prompts by somebody who was asked, by their ids.
struct AskedKeyframes: Sendable {
  private var chosen: [String: (evidence: FrameFeatures, selection: KeyframeSelection)] = [:]

  /// Remembers what was chosen for a prompt.
  mutating func add(_ selection: KeyframeSelection, for prompt: Prompt) {
    chosen[prompt.id] = (prompt.evidence, selection)
  }

  /// What was chosen for prompts.
  ///
  /// - Throws: `LaboratoryError.notAsked` for one that nobody was asked about.
  func select(_ prompts: [Prompt], who: String) throws -> [KeyframeSelection] {
    try prompts.map { prompt in
      guard let known = chosen[prompt.id], known.evidence == prompt.evidence else {
        throw LaboratoryError.notAsked(who: who, prompt: prompt.id)
      }
      return known.selection
    }
  }
}
