internal import Core

/// Trains small byte-level vocabularies, for tests and examples: no file is needed to have a real tokenizer.
package enum BytePairTrainer {
  /// English with repetitions, enough for a few hundred merges.
  package static let sample = """
    The camera follows a person who opens the door and walks into the kitchen. The person takes a \
    glass from the table, pours water into the glass and drinks the water. Then the person closes \
    the door and walks away. Which moment of the video shows the person who drinks? The moment \
    begins at 12 seconds and ends at 19 seconds. When does the person open the door, and what does \
    the camera follow? The camera follows the person into the kitchen, where the light is on and \
    the window is open. Make 145 from 16, 21 and 13: the answer is 16 times 21 and so on.
    """

  /// A byte-level BPE with `count` tokens: special ones, the 256 bytes, and merges by how often pairs occur in `text`.
  ///
  /// - Parameters:
  ///   - count: How many tokens; fewer come out where the text has no pair left that occurs twice.
  ///   - specials: Control tokens, which take the first numbers; the last of them ends a response.
  ///   - text: What is counted.
  /// - Returns: The tokenizer; it cuts text as SmolLM's does.
  /// - Throws: Nothing for distinct `specials`; otherwise `TokenizerError.malformed`.
  /// - Complexity: O(`count` · text).
  package static func train(
    count: Int = 300, specials: [String] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
    text: String = sample
  ) throws -> BytePairTokenizer {
    var parts = TokenizerParts(source: "a trained vocabulary")
    parts.preTokenizer = PreTokenizer(cuts: [.digits, .gpt2])
    for spelling in specials + ByteAlphabet.scalars.map({ String($0) }) {
      precondition(parts.spellings.append(spelling) == nil, "A control token is named twice.")
    }
    parts.added = specials.enumerated().map {
      AddedToken(content: $1, token: $0, isSpecial: true)
    }
    parts.ends = specials.isEmpty ? [] : [specials.count - 1]
    var words = self.words(text, parts.preTokenizer)
    while parts.spellings.count < count, let pair = mostFrequentPair(words) {
      parts.merges.append((pair[0], pair[1]))
      _ = parts.spellings.append(pair[0] + pair[1])
      words = words.map { (merged($0.symbols, pair), $0.times) }
    }
    parts.isInModel = Array(repeating: true, count: parts.spellings.count)
    return try BytePairTokenizer(parts)
  }

  private typealias Word = (symbols: [String], times: Int)

  private static func words(_ text: String, _ preTokenizer: PreTokenizer) -> [Word] {
    let bytes = Array(text.utf8)
    var counts: [[UInt8]: Int] = [:]
    preTokenizer.forEachPiece(of: bytes, in: bytes.indices) {
      counts[Array(bytes[$0]), default: 0] += 1
    }
    return counts.map { ($0.map { String(ByteAlphabet.scalars[Int($0)]) }, $1) }
  }

  /// The pair that occurs most often and at least twice; of equals the first in the alphabet, so that training repeats.
  private static func mostFrequentPair(_ words: [Word]) -> [String]? {
    var counts: [[String]: Int] = [:]
    for word in words {
      for pair in zip(word.symbols, word.symbols.dropFirst()) {
        counts[[pair.0, pair.1], default: 0] += word.times
      }
    }
    return counts.filter { $1 > 1 }.min {
      $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
    }?.key
  }

  private static func merged(_ symbols: [String], _ pair: [String]) -> [String] {
    var result: [String] = []
    for symbol in symbols {
      if result.last == pair[0], symbol == pair[1] {
        result[result.count - 1] = pair[0] + pair[1]
      } else {
        result.append(symbol)
      }
    }
    return result
  }
}
