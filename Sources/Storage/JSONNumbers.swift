internal import Foundation

/// Numbers of a JSON text that a decoder cannot take where they stand.
///
/// Foundation says of `3.5` in the place of a whole number that the data is not valid JSON, and not where.
enum JSONNumbers {
  /// What is wrong with a number of a text that is JSON and still was refused as none; `nil` where no number is to blame.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - type: What it should be.
  /// - Returns: The end of a sentence.
  /// - Complexity: As many decodings as the logarithm of the count of numbers.
  static func fault<Value: Decodable>(in bytes: ArraySlice<UInt8>, as type: Value.Type) -> String? {
    let numbers = unusual(in: bytes)
    func decodes(without count: Int) -> Bool {
      var text = Data()
      var copied = bytes.startIndex
      for number in numbers.prefix(count) {
        text.append(contentsOf: bytes[copied..<number.lowerBound])
        text.append(UInt8(ascii: "1"))
        copied = number.upperBound
      }
      text.append(contentsOf: bytes[copied...])
      return (try? JSONDecoder().decode(type, from: text)) != nil
    }
    guard !numbers.isEmpty, decodes(without: numbers.count) else { return nil }
    // The text is accepted from that count on at which the last number to blame is left out.
    var (low, high) = (0, numbers.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if decodes(without: middle) { high = middle } else { low = middle }
    }
    let literal = String(decoding: bytes[numbers[low]], as: UTF8.self)
    guard let value = Double(literal) else { return nil }
    let isBroken = value.isFinite && value != value.rounded()
    return literal + (isBroken ? " is not a whole number" : " is too large a number")
  }

  /// Where numbers stand that are not written as whole numbers of up to 18 digits.
  private static func unusual(in bytes: ArraySlice<UInt8>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        index = JSONKeys.endOfText(bytes, from: index)
      } else if byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      {
        let end = bytes[index...].firstIndex { !Array("+-.eE0123456789".utf8).contains($0) }
        let literal = index..<(end ?? bytes.endIndex)
        if literal.count > 18 || bytes[literal].contains(where: { Array(".eE".utf8).contains($0) })
        {
          found.append(literal)
        }
        index = literal.upperBound
      } else {
        index += 1
      }
    }
    return found
  }
}
