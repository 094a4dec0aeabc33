/// Whole numbers as the base64 of Int32, the lowest byte first.
package struct WireIntegers: Codable, Sendable, Hashable {
  package var values: [Int]

  package init(_ values: [Int]) { self.values = values }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let values = Base64.integers(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "This is not base64 of Int32 numbers.")
    }
    self.values = values
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Base64.text(integers: values))
  }
}

/// Real numbers as the base64 of Float32, the lowest byte first.
package struct WireReals: Codable, Sendable, Hashable {
  package var values: [Float]

  package init(_ values: [Float]) { self.values = values }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let values = Base64.floats(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "This is not base64 of Float32 numbers.")
    }
    self.values = values
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Base64.text(values))
  }
}
