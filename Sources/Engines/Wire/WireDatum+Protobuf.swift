#if Engines
extension WireChunk {
  init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("Chunk", bytes)
    var found: WireChunk?
    while let (number, value) = try reader.next() {
      let inner = try reader.bytes(value, of: number)
      switch number {
      case 1: found = .tokens(try Self.tokens(inner))
      case 2: found = .image(try WireImage(protobuf: inner))
      default: throw .unsupported(what: "Chunk", reason: "a part of kind \(number)")
      }
    }
    guard let found else { throw .malformed(what: "Chunk", reason: "nothing in it") }
    self = found
  }

  private static func tokens(_ bytes: ArraySlice<UInt8>) throws(WireError) -> [Int] {
    var reader = ProtobufReader("EncodedTextChunk", bytes)
    var tokens: [Int] = []
    while let (number, value) = try reader.next() {
      guard number == 1 else { continue }
      tokens = try wireTokens(reader.bytes(value, of: number), of: "EncodedTextChunk")
    }
    return tokens
  }

  var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    switch self {
    case .tokens(let tokens):
      var inner = ProtobufWriter()
      inner.data(1, bytes(ofTokens: tokens))
      writer.message(1, inner.bytes)
    case .image(let image): writer.message(2, image.protobuf)
    }
    return writer.bytes
  }
}

extension WireImage {
  init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("ImageChunk", bytes)
    self.init(data: [], format: "")
    while let (number, value) = try reader.next() {
      switch number {
      case 1: data = Array(try reader.bytes(value, of: number))
      case 2: format = try reader.text(value, of: number)
      case 3: expectedTokens = try reader.integer(value, of: number, in: 0...Int(Int32.max))
      case 4: throw .unsupported(what: "ImageChunk", reason: "other dimensions than the image's")
      default: continue
      }
    }
  }

  var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    writer.data(1, data)
    writer.text(2, format)
    writer.integer(3, Int64(expectedTokens ?? 0))
    return writer.bytes
  }
}

extension WireDatum {
  init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("Datum", bytes)
    self.init(input: [], lossInputs: [])
    while let (number, value) = try reader.next() {
      switch number {
      case 1: input.append(try WireChunk(protobuf: reader.bytes(value, of: number)))
      case 2:
        let (name, tensor) = try mapEntry(reader.bytes(value, of: number), of: "Datum")
        lossInputs.append(NamedTensor(name, try WireTensor(protobuf: tensor)))
      default: continue
      }
    }
  }

  var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    for chunk in input { writer.message(1, chunk.protobuf) }
    for named in lossInputs {
      writer.message(2, mapEntry(named.name, named.tensor.protobuf))
    }
    return writer.bytes
  }
}

extension PassRequest {
  /// From `ForwardBackwardRequest` of the interface.
  package init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("ForwardBackwardRequest", bytes)
    self.init(modelID: "", sequence: 0, data: [], loss: "", direction: .forwardBackward)
    while let (number, value) = try reader.next() {
      switch number {
      case 1: modelID = try reader.text(value, of: number)
      case 2: sequence = try reader.integer(value, of: number, in: 0...Int(Int32.max))
      case 3: data.append(try WireDatum(protobuf: reader.bytes(value, of: number)))
      case 4: loss = try reader.text(value, of: number)
      case 6: forwardOnly = try reader.integer(value, of: number) != 0
      default:
        throw .unsupported(what: reader.message, reason: "a setting in field \(number)")
      }
    }
  }

  /// As `ForwardBackwardRequest` of the interface.
  package var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    writer.text(1, modelID)
    writer.integer(2, Int64(sequence))
    for datum in data { writer.message(3, datum.protobuf) }
    writer.text(4, loss)
    writer.flag(6, forwardOnly)
    return writer.bytes
  }
}

/// The name and the bytes of a map's entry; protobuf writes maps as messages of two fields.
func mapEntry(
  _ bytes: ArraySlice<UInt8>, of what: String
) throws(WireError) -> (name: String, value: ArraySlice<UInt8>) {
  var reader = ProtobufReader(what, bytes)
  var name = ""
  var entry = bytes.prefix(0)
  while let (number, value) = try reader.next() {
    switch number {
    case 1: name = try reader.text(value, of: number)
    case 2: entry = try reader.bytes(value, of: number)
    default: continue
    }
  }
  return (name, entry)
}

func mapEntry(_ name: String, _ value: [UInt8]) -> [UInt8] {
  var writer = ProtobufWriter()
  writer.text(1, name)
  writer.message(2, value)
  return writer.bytes
}

/// Tokens from four bytes each; none is negative.
func wireTokens(_ bytes: ArraySlice<UInt8>, of what: String) throws(WireError) -> [Int] {
  let found = try words(bytes, of: what, as: UInt32.self)
  guard found.allSatisfy({ $0 <= UInt32(Int32.max) }) else {
    throw .malformed(what: what, reason: "a negative token")
  }
  return found.map { Int($0) }
}

func bytes(ofTokens tokens: [Int]) -> [UInt8] {
  var bytes: [UInt8] = []
  for token in tokens { bytes.append(littleEndian: UInt32(truncatingIfNeeded: token)) }
  return bytes
}
#endif
