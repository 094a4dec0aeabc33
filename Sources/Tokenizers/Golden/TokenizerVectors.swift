/// The reference values of one tokenizer, as tokenizers computed them.
struct TokenizerVectors: Decodable {
  struct Vector: Decodable {
    var text: String
    var ids: [Int]
    var ids_without_template: [Int]?
    var ids_as_plain_text: [Int]?
    var decoded: String?
    var decoded_skipping_special: String?
  }
  struct Damaged: Decodable {
    var bytes: String
    var text: String
    var ids: [Int]
  }
  struct Repeated: Decodable {
    var unit: String
    var times: Int
    var count: Int
    var first: [Int]
    var last: [Int]
    var fnv1a64_of_uint32_le: String
  }
  struct Stream: Decodable {
    var ids: [Int]
    var chunks: [String?]
    var text: String
  }
  struct Noise: Decodable {
    var ids: [Int]
    var bytes: String
    var text: String
  }
  struct Pieces: Decodable {
    var text: String
    var pieces: [String]
  }
  var vectors: [Vector]
  var invalid_utf8: [Damaged]
  var long: [Repeated]
  var stream: [Stream]
  var ids_that_are_not_utf8: [Noise]
  var pieces: [Pieces]

  /// A comparison for each part.
  func checks(_ name: String, _ tokenizer: BytePairTokenizer) -> [TokenizerCheck] {
    [
      TokenizerCheck("\(name)/vectors", vectors) { Self.difference($0, tokenizer) },
      TokenizerCheck("\(name)/invalid UTF-8", invalid_utf8) {
        let text = String(decoding: Self.bytes($0.bytes), as: UTF8.self)
        guard Self.isSame(text, $0.text) else {
          return "\($0.bytes) is read as \(text.debugDescription)"
        }
        return Self.difference(tokenizer.encode(text), $0.ids, $0.text)
      },
      TokenizerCheck("\(name)/long", long) { Self.difference($0, tokenizer) },
      TokenizerCheck("\(name)/stream", stream) { Self.difference($0, tokenizer) },
      TokenizerCheck("\(name)/ids that are not UTF-8", ids_that_are_not_utf8) {
        let bytes = $0.ids.flatMap { tokenizer.bytes(of: $0) }
        let text = tokenizer.decode($0.ids)
        guard bytes == Self.bytes($0.bytes) else { return "\($0.ids) are bytes \(bytes)" }
        return Self.isSame(text, $0.text) ? nil : "\($0.ids) are \(text.debugDescription)"
      },
      TokenizerCheck("\(name)/pieces", pieces) {
        let pieces = tokenizer.pieces(of: $0.text)
        let isSame =
          pieces.count == $0.pieces.count && zip(pieces, $0.pieces).allSatisfy(Self.isSame)
        return isSame ? nil : "\($0.text.debugDescription) is cut into \(pieces)"
      },
    ]
  }

  private static func difference(_ vector: Vector, _ tokenizer: BytePairTokenizer) -> String? {
    let text = vector.text
    let bare = vector.ids_without_template ?? vector.ids
    let decoded = vector.decoded ?? text
    let written = tokenizer.decode(vector.ids)
    let content = tokenizer.decodeContent(vector.ids)
    return difference(tokenizer.encodeFramed(text), vector.ids, text)
      ?? difference(tokenizer.encode(text), bare, text)
      ?? difference(tokenizer.encodePlain(text), vector.ids_as_plain_text ?? bare, text)
      ?? (isSame(written, decoded) ? nil : "decoded \(written.debugDescription)")
      ?? (isSame(content, vector.decoded_skipping_special ?? decoded)
        ? nil : "decoded without special tokens \(content.debugDescription)")
  }

  private static func difference(_ long: Repeated, _ tokenizer: BytePairTokenizer) -> String? {
    let ids = tokenizer.encode(String(repeating: long.unit, count: long.times))
    guard ids.count == long.count else { return "\(long.unit) gives \(ids.count) tokens" }
    return difference(Array(ids.prefix(long.first.count)), long.first, long.unit)
      ?? difference(Array(ids.suffix(long.last.count)), long.last, long.unit)
      ?? (hash(ids) == long.fnv1a64_of_uint32_le ? nil : "\(long.unit) differs in the middle")
  }

  private static func difference(_ stream: Stream, _ tokenizer: BytePairTokenizer) -> String? {
    var decoder = StreamDecoder(tokenizer)
    for (token, chunk) in zip(stream.ids, stream.chunks) {
      let text = decoder.append(token)
      guard text.map({ Array($0.utf8) }) == chunk.map({ Array($0.utf8) }) else {
        return "token \(token) gives \(text ?? "nothing"), not \(chunk ?? "nothing")"
      }
    }
    let text = tokenizer.decode(stream.ids)
    return isSame(text, stream.text) ? nil : "decoded \(text.debugDescription)"
  }

  static func difference(_ ids: [Int], _ expected: [Int], _ text: String) -> String? {
    ids == expected ? nil : "\(text.debugDescription) gives \(ids), not \(expected)"
  }

  /// Equal scalars; `==` would take é and e + U+0301 for equal.
  static func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
  }

  /// FNV-1a, 64 bits, of the tokens as 32-bit little-endian numbers.
  private static func hash(_ ids: [Int]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for id in ids {
      for shift in [0, 8, 16, 24] {
        hash = (hash ^ UInt64(id >> shift & 0xFF)) &* 0x100_0000_01B3
      }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
