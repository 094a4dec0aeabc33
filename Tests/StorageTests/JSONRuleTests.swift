import Core
import Foundation
import Storage
import Testing

@Suite("One rule for JSON")
struct JSONRuleTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// What reading a text says, as one line and as a whole file.
  func complaints<Value: Decodable>(_ text: String, _ type: Value.Type) throws -> [String] {
    try AtomicFile.write(text, to: scratch("a.json"))
    return [
      { _ = try JSONLines.read(scratch("a.json"), as: type) },
      { _ = try JSONLines.readWhole(scratch("a.json"), as: type) },
    ].compactMap { (body: () throws -> Void) in
      do {
        try body()
        return nil
      } catch {
        return "\(error)"
      }
    }
  }

  @Test(
    "refuses a key that stands twice in one object, however it is spelt",
    arguments: [
      #"{"a": 1, "a": 2}"#, #"{"b": {"x": 1, "a": 2, "a": 3}}"#, #"{"a": 1, "\u0061": 2}"#,
      #"{"b": [{"c": "}"}, {"a": 1, "b": {}, "a": []}]}"#,
    ])
  func twice(text: String) throws {
    let said = try complaints(text, Anything.self)
    #expect(said.count == 2 && said.allSatisfy { $0.contains("the key 'a' twice") })
  }

  @Test(
    "accepts the same key in several objects, and in texts",
    arguments: [
      #"{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}], "c": "\"a\": 1, \"a\": 2"}"#, "[1, 2]", #""a""#,
    ])
  func once(text: String) throws {
    #expect(try complaints(text, Anything.self).isEmpty)
  }

  @Test("says what a number is where a whole one belongs, and no type of Swift")
  func words() throws {
    for said in try complaints(#"{"a": [1, 3.5]}"#, [String: [Int]].self) {
      #expect(said.contains("3.5") && said.contains("not a whole number"), "\(said)")
    }
    for said in try complaints(#"{"a": 3}"#, [String: [Int]].self) {
      #expect(said.contains("'a' is not a list"), "\(said)")
    }
    for said in try complaints(#"{"a": "x"}"#, [String: Double].self) {
      #expect(said.contains("'a' is not a number"), "\(said)")
    }
    for said in try complaints("[1", [Int].self) { #expect(said.contains("it is not JSON")) }
  }

  @Test("passes over the mark that editors put before UTF-8")
  func mark() throws {
    #expect(try complaints("\u{feff}{\"a\": 1}", [String: Int].self).isEmpty)
    #expect(try TextFile.text(scratch("a.json")) == "{\"a\": 1}")
  }

  @Test("leaves whole numbers beside the weights of safetensors alone, and refuses a name twice")
  func tensors() throws {
    func file(_ header: String) throws -> String {
      let text = Array(header.utf8)
      let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
      try AtomicFile.write(length + text + [UInt8](repeating: 0, count: 12), to: scratch("m"))
      return scratch("m")
    }
    let weight = #""w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}"#
    let mask = #""m": {"dtype": "I64", "shape": [1], "data_offsets": [4, 12]}"#
    #expect(
      try SafetensorsFile.read(file("{\(weight), \(mask)}")).tensors.map(\.name) == ["w"])
    let error = #expect(throws: StorageError.self) {
      try SafetensorsFile.read(file("{\(weight), \(weight)}"))
    }
    #expect(error?.description.contains("'w' twice") == true)
  }
}

/// Any value of JSON.
private struct Anything: Decodable {
  init(from decoder: any Decoder) throws {}
}
