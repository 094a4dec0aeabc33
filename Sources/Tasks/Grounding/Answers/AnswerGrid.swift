package import Core

/// The times at which an answer can begin and end: the multiples of a step within the video.
package struct AnswerGrid: Sendable, Hashable {
  /// The distance between neighbouring times, in seconds.
  package let step: Double

  /// A grid of times.
  ///
  /// - Precondition: `step` is positive.
  package init(step: Double) {
    precondition(step > 0 && step.isFinite, "A grid needs a positive step, not \(step).")
    self.step = step
  }

  /// The number of the last time within a video; at least 1, so that there always is an interval.
  package func last(duration: Double) -> Int {
    // A duration of 0.3 s has three steps of 0.1 s, though 0.3 / 0.1 is a little less than 3.
    max(1, Int((duration / step + 1e-9).rounded(.down)))
  }

  /// The time with a number, in seconds.
  package func time(_ index: Int) -> Double { (Double(index) * step * 1e6).rounded() / 1e6 }

  /// The numbers of the times nearest to an interval's ends, within the video and in order, at least one step apart.
  package func indices(_ interval: Interval, duration: Double) -> (start: Int, end: Int) {
    let last = last(duration: duration)
    func nearest(_ time: Double) -> Int {
      Int(min(max((time / step).rounded(), 0), Double(last)))
    }
    let start = min(nearest(interval.start), last - 1)
    return (start, max(nearest(interval.end), start + 1))
  }

  /// Every interval between two times of a video, by start and then by end.
  ///
  /// - Complexity: O(*n*²) for *n* steps.
  package func intervals(duration: Double) -> [Interval] {
    let last = last(duration: duration)
    return (0..<last).flatMap { start in
      (start + 1...last).map { Interval(time(start), time($0)) }
    }
  }
}

/// The word that ends every response.
let endWord = "<end>"

/// The words of answers, the end, and then those words of queries that are not among them.
func vocabulary(answers: [String], words: [String]) -> Vocabulary {
  var known = Set(answers + [endWord])
  let others = words.filter { known.insert($0).inserted }
  return Vocabulary(words: answers + [endWord] + others, end: endWord)
}

extension Vocabulary {
  /// A response in the tokens of this vocabulary.
  ///
  /// - Parameters:
  ///   - tokens: The response.
  ///   - tokenizer: Whose tokens it is in.
  /// - Returns: The same where they are this vocabulary's; else its text up to the end in these, or `nil` where it does not end
  ///   or says what no word here does.
  func translated(_ tokens: [Token], from tokenizer: any Tokenizer) -> [Token]? {
    guard tokenizer.fingerprint != fingerprint else { return tokens }
    guard let end = tokens.firstIndex(where: tokenizer.ends.contains) else { return nil }
    return (try? encode(tokenizer.decode(tokens[..<end]))).map { $0 + [self.end] }
  }
}
