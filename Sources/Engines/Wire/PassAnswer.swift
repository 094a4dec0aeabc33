#if Engines
/// What a pass found.
package struct PassAnswer: Sendable, Equatable {
  /// A part of the datums, in order.
  package struct Record: Sendable, Equatable {
    package var tag: String
    package var fields: [(name: String, tensor: BatchedTensor)]
    package var count: Int

    package static func == (one: Self, two: Self) -> Bool {
      one.tag == two.tag && one.count == two.count
        && one.fields.elementsEqual(two.fields) { $0 == $1 }
    }
  }

  package struct Metric: Sendable, Equatable {
    package var name: String
    package var value: Double
  }

  package var outputType: String
  package var records: [Record]
  package var metrics: [Metric]

  /// A field of each datum, in order.
  ///
  /// - Throws: `WireError.malformed` where a record lacks it or has it for another number of datums.
  package func field(_ name: String) throws(WireError) -> [WireTensor] {
    var found: [WireTensor] = []
    for record in records {
      guard let tensors = record.fields.first(where: { $0.name == name })?.tensor.tensors,
        tensors.count == record.count
      else { throw .malformed(what: "pass", reason: "no '\(name)' for each datum") }
      found += tensors
    }
    return found
  }

  /// What was measured under a name.
  package func metric(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
}

extension PassAnswer {
  /// From `ForwardBackwardOutput` of the interface.
  package init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("ForwardBackwardOutput", bytes)
    self.init(outputType: "", records: [], metrics: [])
    while let (number, value) = try reader.next() {
      switch number {
      case 1: outputType = try reader.text(value, of: number)
      case 2: records.append(try Record(protobuf: reader.bytes(value, of: number)))
      case 3: metrics.append(try Metric(protobuf: reader.bytes(value, of: number)))
      default: continue
      }
    }
  }

  /// As `ForwardBackwardOutput` of the interface.
  package var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    writer.text(1, outputType)
    for record in records { writer.message(2, record.protobuf) }
    for metric in metrics { writer.message(3, metric.protobuf) }
    return writer.bytes
  }
}

extension PassAnswer.Record {
  init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("ArrayRecord", bytes)
    self.init(tag: "", fields: [], count: 0)
    while let (number, value) = try reader.next() {
      switch number {
      case 1: tag = try reader.text(value, of: number)
      case 2:
        let (name, tensor) = try mapEntry(reader.bytes(value, of: number), of: "ArrayRecord")
        fields.append((name, try BatchedTensor(protobuf: tensor)))
      case 3: count = try reader.integer(value, of: number, in: 0...Int(Int32.max))
      default: continue
      }
    }
  }

  var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    writer.text(1, tag)
    for (name, tensor) in fields { writer.message(2, mapEntry(name, tensor.protobuf)) }
    writer.integer(3, Int64(count))
    return writer.bytes
  }
}

extension PassAnswer.Metric {
  init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("metric", bytes)
    self.init(name: "", value: 0)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (1, _): name = try reader.text(value, of: number)
      case (2, .fixed64(let bits)): self.value = Double(bitPattern: bits)
      case (2, .fixed32(let bits)): self.value = Double(Float(bitPattern: bits))
      case (2, _): throw reader.malformed("a value that is no number")
      default: continue
      }
    }
  }

  var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    writer.text(1, name)
    writer.double(2, value)
    return writer.bytes
  }
}
#endif
