internal import Core

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

  /// Keys that say nothing a run could need.
  private static let harmless = ["url", "domain", "sub_category", "source", "split"]

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }

    init?(stringValue: String) { self.init(stringValue) }

    init?(intValue: Int) { return nil }
  }

  private let line: KeyedDecodingContainer<Key>

  /// The keys of a line.
  ///
  /// - Throws: `DecodingError` for a key that nobody knows, or two that say the same.
  init(_ decoder: any Decoder) throws {
    line = try decoder.container(keyedBy: Key.self)
    let known = Item.allCases.flatMap(\.names) + Self.harmless
    for key in line.allKeys where !known.contains(key.stringValue) {
      let nearest = nearestName(to: key.stringValue, in: known).map { ", but '\($0)' is known" }
      throw refusal(key, "this key is not read\(nearest ?? "")")
    }
    for item in Item.allCases {
      let there = item.names.filter { line.contains(Key($0)) }
      guard there.count > 1 else { continue }
      throw refusal(Key(there[1]), "it says the same as '\(there[0])'")
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

  private func key(_ item: Item) -> Key? {
    item.names.map { Key($0) }.first { key in
      line.contains(key) && (try? line.decodeNil(forKey: key)) == false
    }
  }

  private func missing(_ item: Item) -> DecodingError {
    .keyNotFound(
      Key(item.names[0]), .init(codingPath: line.codingPath, debugDescription: "it is missing"))
  }

  private func refusal(_ key: Key, _ reason: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: [key], debugDescription: reason))
  }
}
