internal import Core

/// A line of a file of questions with options, whatever its keys are called.
struct ChoiceLine: Decodable {
  /// What is wrong with it.
  struct Fault: Error {
    let reason: String
  }

  let video: String
  let question: String
  let options: [String]
  let answer: String
  let category: String?
  let name: String?
  let duration: Double?
  let windows: [Interval]

  init(from decoder: any Decoder) throws {
    let line = try ChoiceKeys(decoder)
    video = try line.mandatory(.video)
    question = try line.mandatory(.question)
    options = try line.mandatory(.options, as: [String].self)
    answer = try line.mandatory(.answer)
    category = try line.text(.category)
    name = try line.text(.name)
    duration = try line.value(.duration, as: Double.self)
    windows = try line.value(.windows, as: [Window].self)?.map(\.interval) ?? []
  }

  /// Why it is no question with options; `nil` if it is one.
  var fault: String? {
    do throws(Fault) {
      _ = try right()
      return nil
    } catch {
      return error.reason
    }
  }

  /// The options without the letters that may stand before them.
  func plainOptions() throws(Fault) -> [String] {
    guard (2...Choice.letters.count).contains(options.count) else {
      throw Fault(reason: "it has \(options.count) options, not 2 to \(Choice.letters.count)")
    }
    let bare = options.map { Self.trimmed($0[...]) }
    let isLettered = zip(bare, Choice.letters).allSatisfy { Self.behind($1, in: $0) != nil }
    let plain = zip(bare, Choice.letters).map { option, letter in
      isLettered ? Self.behind(letter, in: option) ?? option : option
    }
    guard !plain.contains(""), Set(plain).count == plain.count else {
      throw Fault(reason: "an option is empty or there twice")
    }
    return plain
  }

  /// Which option is right.
  func right() throws(Fault) -> Int {
    let plain = try plainOptions()
    let said = Self.trimmed(answer[...])
    let letter = said.count > 1 ? said.filter { !"().:".contains($0) } : said
    let readings = plain.indices.filter { index in
      let own = Choice.letters[index]
      return plain[index] == said || own == letter.uppercased() || "\(index)" == said
        || Self.behind(own, in: said) == plain[index]
    }
    guard let index = readings.first else {
      throw Fault(reason: "the answer '\(answer)' is none of its options")
    }
    guard readings.count == 1 else {
      throw Fault(reason: "the answer '\(answer)' may mean several of its options")
    }
    return index
  }

  /// What stands behind a letter and a stop, as in `A. red`, `(A) red`, `A: red`; `nil` where they are not there.
  private static func behind(_ letter: String, in text: String) -> String? {
    for head in ["\(letter).", "(\(letter))", "\(letter):", "\(letter))"] where text.hasPrefix(head)
    {
      return trimmed(text.dropFirst(head.count))
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    let end = start.lastIndex { !$0.isWhitespace }
    return end.map { String(start[...$0]) } ?? ""
  }
}
