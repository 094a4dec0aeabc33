#if Engines
import Foundation

extension WireTensor {
  /// As `TensorData` of the interface; each 32-bit number exactly, as the 64-bit one it equals.
  var json: JSONValue {
    let (data, type): ([JSONValue], String) =
      switch elements {
      case .float32(let values): (values.map { .real(Double($0)) }, "float32")
      case .int64(let values): (values.map { .integer($0) }, "int64")
      }
    return .object(of: [
      ("data", .array(data)), ("dtype", .string(type)),
      ("shape", .array(shape.map { .integer(Int64($0)) })),
    ])
  }

  /// From `TensorData` of the interface; numbers without a kind are real ones.
  init(json: JSONValue, of what: String) throws(WireError) {
    guard let list = json["data"]?.list else {
      throw .malformed(what: what, reason: "a tensor without data")
    }
    let elements: Elements =
      switch json["dtype"]?.text {
      case "float32", nil: .float32(try wireReals(list, of: what))
      case "int64": .int64(try wireIntegers(list, of: what))
      case .some(let other): throw .unsupported(what: what, reason: "numbers of kind '\(other)'")
      }
    guard let lengths = json["shape"]?.list else {
      try self.init(elements, shape: [list.count], of: what)
      return
    }
    guard lengths.count <= Self.mostDimensions else {
      throw .malformed(what: what, reason: "\(lengths.count) dimensions")
    }
    try self.init(
      elements, shape: try wireIntegers(lengths, of: what).map { Int($0) }, of: what)
  }
}

extension WireChunk {
  var json: JSONValue {
    switch self {
    case .tokens(let tokens):
      .object(of: [
        ("type", .string("encoded_text")),
        ("tokens", .array(tokens.map { .integer(Int64($0)) })),
      ])
    case .image(let image):
      .object(of: [
        ("type", .string("image")), ("data", .string(Data(image.data).base64EncodedString())),
        ("format", .string(image.format)),
        ("expected_tokens", image.expectedTokens.map { .integer(Int64($0)) }),
      ])
    }
  }
}

extension WireDatum {
  var json: JSONValue {
    .object(of: [
      ("model_input", modelInput(input)),
      ("loss_fn_inputs", .object(lossInputs.map { .init($0.name, $0.tensor.json) })),
    ])
  }
}

/// What a model reads, as `ModelInput` of the interface.
func modelInput(_ chunks: [WireChunk]) -> JSONValue {
  .object(of: [("chunks", .array(chunks.map(\.json)))])
}

extension PassRequest {
  /// As `ForwardBackwardRequest` or `ForwardRequest` of the JSON dialect.
  package var json: JSONValue {
    let input = JSONValue.object(of: [
      ("data", .array(data.map(\.json))), ("loss_fn", .string(loss)),
    ])
    return .object(of: [
      ("model_id", .string(modelID)), ("seq_id", .integer(Int64(sequence))),
      (forwardOnly ? "forward_input" : "forward_backward_input", input),
    ])
  }
}

/// Real numbers; `null` is NaN, for which JSON has no other word.
func wireReals(_ list: [JSONValue], of what: String) throws(WireError) -> [Float] {
  try list.map { value throws(WireError) in
    if value == .null { return .nan }
    guard let number = value.double else {
      throw .malformed(what: what, reason: "a value that is no number")
    }
    return Float(number)
  }
}

/// Whole numbers.
func wireIntegers(_ list: [JSONValue], of what: String) throws(WireError) -> [Int64] {
  try list.map { value throws(WireError) in
    guard let number = value.integer else {
      throw .malformed(what: what, reason: "a value that is no whole number")
    }
    return number
  }
}
#endif
