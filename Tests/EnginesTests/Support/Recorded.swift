#if Engines
import Foundation
import Testing

@testable import Engines

/// One request to a real server and what it answered; only the model's path was replaced.
struct Exchange: Decodable, Sendable, CustomTestStringConvertible {
  var number: Int
  var path: String
  var contentType: String
  var responseType: String
  var request: Data
  var response: Data

  var testDescription: String { "\(number) \(path)" }

  /// 43 exchanges of a whole on-policy step with skyrl 0.4.0.
  static let all: [Exchange] = {
    guard
      let file = Bundle.module.url(
        forResource: "exchanges", withExtension: "jsonl", subdirectory: "Recorded"),
      let text = try? Data(contentsOf: file)
    else { return [] }
    return text.split(separator: 0x0a).compactMap {
      try? JSONDecoder().decode(Exchange.self, from: $0)
    }
  }()

  static func numbered(_ number: Int) throws -> Exchange {
    try #require(all.first { $0.number == number })
  }

  /// What the answer holds: found from the request it answers.
  enum Kind { case json, pass, sample }

  var responseKind: Kind {
    guard responseType == "application/x-protobuf" else { return .json }
    return (198...205).contains(number) ? .sample : .pass
  }
}

extension JSONValue {
  init(_ what: String, _ data: Data) throws {
    self = try JSONParser.value(what, Array(data)[...])
  }
}
#endif
