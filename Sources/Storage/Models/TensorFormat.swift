/// How the numbers of a stored tensor are written; the names are GGUF's, which contain those of safetensors.
package enum TensorFormat: String, Sendable, CaseIterable {
  case single = "F32"
  case half = "F16"
  case brain = "BF16"
  case double = "F64"
  case int8 = "I8"
  case int16 = "I16"
  case int32 = "I32"
  case int64 = "I64"
  case q4_0 = "Q4_0"
  case q4_1 = "Q4_1"
  case q5_0 = "Q5_0"
  case q5_1 = "Q5_1"
  case q8_0 = "Q8_0"
  case q2_K = "Q2_K"
  case q3_K = "Q3_K"
  case q4_K = "Q4_K"
  case q5_K = "Q5_K"
  case q6_K = "Q6_K"
  case iq4_NL = "IQ4_NL"
  case iq4_XS = "IQ4_XS"

  /// How many numbers share a block; a row is a whole number of blocks.
  package var blockSize: Int {
    switch self {
    case .single, .half, .brain, .double, .int8, .int16, .int32, .int64: 1
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .iq4_NL: 32
    case .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_XS: 256
    }
  }

  /// How many bytes a block takes.
  package var blockBytes: Int {
    switch self {
    case .int8: 1
    case .half, .brain, .int16: 2
    case .single, .int32: 4
    case .double, .int64: 8
    case .q4_0, .iq4_NL: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q8_0: 34
    case .q2_K: 84
    case .q3_K: 110
    case .q4_K: 144
    case .q5_K: 176
    case .q6_K: 210
    case .iq4_XS: 136
    }
  }

  /// Whether every number of this format is a `Float` as it stands: whole numbers and `F64` may be rounded.
  package var isExact: Bool {
    switch self {
    case .double, .int32, .int64: false
    default: true
    }
  }

  /// How many bytes a tensor takes, or `nil` where that overflows or a row is no whole number of blocks.
  func bytes(shape: [Int]) -> Int? {
    guard (shape.last ?? 1).isMultiple(of: blockSize) else { return nil }
    guard let count = Self.count(shape) else { return nil }
    let (bytes, overflow) = (count / blockSize).multipliedReportingOverflow(by: blockBytes)
    return overflow ? nil : bytes
  }

  /// How many numbers a shape has, or `nil` where that overflows or an extent is negative.
  static func count(_ shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }

  /// Names of all formats that can be read, for an error's sentence.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
