package import Core

/// Writes an interval as characters: "12.0 - 30.0", one token each.
///
/// The number of decimals is what the step needs: none for 1 or 2 seconds, one for 0.1 or 0.5.
package struct DigitsCodec: WindowCodec, Hashable {
  /// The characters of answers, the end, and the words of queries.
  package let vocabulary: Vocabulary

  /// The times that can be written.
  package let grid: AnswerGrid

  /// The longest video whose every interval fits in `maximumLength`, in seconds.
  package let maximumDuration: Double

  /// How many digits stand behind the point.
  package let decimals: Int

  /// A codec for videos up to a length.
  ///
  /// - Parameters:
  ///   - step: The resolution of answers, in seconds.
  ///   - maximumDuration: The length of the longest video, in seconds.
  ///   - words: Words of queries that prompts may use besides.
  package init(step: Double = 0.1, maximumDuration: Double = 1000, words: [String] = []) {
    grid = AnswerGrid(step: step)
    self.maximumDuration = maximumDuration
    decimals =
      (0...3).first { ((step * powerOfTen($0)).rounded() - step * powerOfTen($0)).magnitude < 1e-9 }
      ?? 3
    vocabulary = Tasks.vocabulary(answers: Self.characters, words: words)
  }

  private static let characters = "0123456789.- ".map { String($0) }

  /// Two numbers, three characters between them and the end token.
  package var maximumLength: Int {
    2 * decimal(grid.time(grid.last(duration: maximumDuration))).count + 4
  }

  /// The tokens of an answer, the end token last.
  package func encode(_ interval: Interval, duration: Double) -> [Token] {
    let (start, end) = grid.indices(interval, duration: duration)
    let text = decimal(grid.time(start)) + " - " + decimal(grid.time(end))
    return text.compactMap { vocabulary[String($0)] } + [vocabulary.end]
  }

  /// The interval that a response says: two numbers with " - " between them and the end token behind.
  ///
  /// A response that was cut off before its end token says nothing: its last number may lack digits.
  package func decode(_ tokens: [Token], duration: Double) -> Interval? {
    guard tokens.contains(vocabulary.end) else { return nil }
    let text = vocabulary.text(tokens)
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1] == "-" else { return nil }
    guard let start = Self.number(parts[0]), let end = Self.number(parts[2]) else { return nil }
    return Interval(start, end)
  }

  /// Every interval that can be written for a video of this length.
  package func grid(duration: Double) -> [Interval] { grid.intervals(duration: duration) }

  /// A time with the decimals of this codec, made from whole numbers so that every platform writes the same.
  private func decimal(_ time: Double) -> String {
    let scale = Int(powerOfTen(decimals))
    let units = Int((time * Double(scale)).rounded())
    guard decimals > 0 else { return String(units) }
    let fraction = String(units % scale)
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(units / scale).\(zeros)\(fraction)"
  }

  /// Digits, and perhaps a point with digits behind it.
  private static func number(_ text: Substring) -> Double? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else {
      return nil
    }
    return Double(text)
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}

private func powerOfTen(_ exponent: Int) -> Double {
  (0..<exponent).reduce(1) { power, _ in power * 10 }
}
