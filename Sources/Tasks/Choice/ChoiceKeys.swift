/// The keys of a line of a file of questions with options: benchmarks call the same things by different names.
struct ChoiceKeys {
  /// What is read.
  enum Item: CaseIterable {
    case video, question, options, answer, category, name, duration, windows

    /// What it may be called, the house's own name first.
    var names: [String] {
      switch self {
      case .video: ["video", "vid", "video_id", "videoID"]
      case .question: ["question"]
      case .options: ["options", "candidates"]
      case .answer: ["answer"]
      case .category: ["category", "task_type", "question_type"]
      case .name: ["id", "qid", "question_id"]
      case .duration: ["duration"]
      case .windows: ["relevant_windows"]
      }
    }
  }

  private let line: KeyedDecodingContainer<LineKey>

  /// The keys of a line.
  ///
  /// - Throws: `DecodingError` for a key that nobody knows, or two that say the same.
  init(_ decoder: any Decoder) throws {
    line = try decoder.container(keyedBy: LineKey.self)
    try line.refuseUnread(but: Item.allCases.flatMap(\.names))
    for item in Item.allCases {
      let there = item.names.filter { line.contains(LineKey($0)) }
      guard there.count > 1 else { continue }
      throw LineKey.refusal(LineKey(there[1]), "it says the same as '\(there[0])'")
    }
  }

  /// A text or a whole number, as text; `nil` where there is none.
  func text(_ item: Item) throws -> String? {
    try value(item, as: QueryName.self)?.text
  }

  /// A text or a whole number, as text.
  func mandatory(_ item: Item) throws -> String {
    guard let text = try text(item) else { throw missing(item) }
    return text
  }

  /// A value; `nil` where there is none.
  func value<Value: Decodable>(_ item: Item, as type: Value.Type) throws -> Value? {
    try key(item).map { try line.decode(type, forKey: $0) }
  }

  /// A value.
  func mandatory<Value: Decodable>(_ item: Item, as type: Value.Type) throws -> Value {
    guard let value = try value(item, as: type) else { throw missing(item) }
    return value
  }

  private func key(_ item: Item) -> LineKey? {
    item.names.map { LineKey($0) }.first { key in
      line.contains(key) && (try? line.decodeNil(forKey: key)) == false
    }
  }

  private func missing(_ item: Item) -> DecodingError {
    .keyNotFound(
      LineKey(item.names[0]), .init(codingPath: line.codingPath, debugDescription: "it is missing"))
  }
}
