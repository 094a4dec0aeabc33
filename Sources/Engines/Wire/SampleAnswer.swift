#if Engines
/// What a server wrote to one prompt.
package struct SampleAnswer: Sendable, Equatable {
  /// One response.
  package struct Sequence: Sendable, Equatable {
    /// Why it ended.
    package enum End: Int, Sendable {
      case stop = 0
      case length = 1
    }

    package var end: End
    package var tokens: [Int]
    /// log π of each token, nats; `nil` where the server does not say.
    package var logProbabilities: [Float]?
  }

  /// Likeliest tokens of a position, most likely first.
  package struct Alternative: Sendable, Equatable {
    package var token: Int
    package var logProbability: Float
  }

  package var sequences: [Sequence]
  /// log π of the prompt's tokens, nats; NaN where nothing is before them, `nil` where they were not asked for.
  package var promptLogProbabilities: [Float]?
  /// Likeliest tokens at each position of the prompt; `nil` where they were not asked for.
  package var promptAlternatives: [[Alternative]]?

  package init(
    sequences: [Sequence] = [], promptLogProbabilities: [Float]? = nil,
    promptAlternatives: [[Alternative]]? = nil
  ) {
    self.sequences = sequences
    self.promptLogProbabilities = promptLogProbabilities
    self.promptAlternatives = promptAlternatives
  }
}

extension SampleAnswer {
  /// From `SampleResponse` of the interface.
  package init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("SampleResponse", bytes)
    self.init()
    while let (number, value) = try reader.next() {
      switch number {
      case 1: sequences.append(try Sequence(protobuf: reader.bytes(value, of: number)))
      case 2:
        promptLogProbabilities = try floats(reader.bytes(value, of: number), of: reader.message)
      case 3: promptAlternatives = try alternatives(reader.bytes(value, of: number))
      default: continue
      }
    }
  }

  /// As `SampleResponse` of the interface, without alternatives.
  package var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    for sequence in sequences { writer.message(1, sequence.protobuf) }
    if let values = promptLogProbabilities {
      writer.message(2, WireTensor.Elements.float32(values).bytes)
    }
    return writer.bytes
  }
}

extension SampleAnswer.Sequence {
  init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("SampledSequence", bytes)
    self.init(end: .stop, tokens: [], logProbabilities: nil)
    while let (number, value) = try reader.next() {
      switch number {
      case 1:
        let code = try reader.integer(value, of: number, in: 0...1)
        end = code == 0 ? .stop : .length
      case 2: tokens = try wireTokens(reader.bytes(value, of: number), of: reader.message)
      case 3: logProbabilities = try floats(reader.bytes(value, of: number), of: reader.message)
      default: continue
      }
    }
    try check()
  }

  /// One log-probability a token, where there are any.
  func check() throws(WireError) {
    guard logProbabilities.map({ $0.count == tokens.count }) ?? true else {
      throw .malformed(
        what: "SampledSequence",
        reason: "\(logProbabilities?.count ?? 0) log-probabilities of \(tokens.count) tokens")
    }
  }

  var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    writer.integer(1, Int64(end.rawValue))
    writer.data(2, bytes(ofTokens: tokens))
    if let values = logProbabilities {
      writer.message(3, WireTensor.Elements.float32(values).bytes)
    }
    return writer.bytes
  }
}

/// Positions × ranks of tokens and log-probabilities; absent ones are token 0 at −99999.
private func alternatives(
  _ bytes: ArraySlice<UInt8>
) throws(WireError) -> [[SampleAnswer.Alternative]] {
  var reader = ProtobufReader("TopkPromptLogprobs", bytes)
  var tokens: [Int] = []
  var values: [Float] = []
  var (ranks, positions) = (0, 0)
  while let (number, value) = try reader.next() {
    switch number {
    case 1: tokens = try wireTokens(reader.bytes(value, of: number), of: reader.message)
    case 2: values = try floats(reader.bytes(value, of: number), of: reader.message)
    case 3: ranks = try reader.integer(value, of: number, in: 0...Int(Int32.max))
    case 4: positions = try reader.integer(value, of: number, in: 0...Int(Int32.max))
    default: continue
    }
  }
  // Products of two 31-bit numbers fit into 64 bits.
  guard tokens.count == values.count, tokens.count == positions * ranks,
    positions == 0 || ranks > 0
  else { throw reader.malformed("\(tokens.count) tokens in \(positions) × \(ranks)") }
  return (0..<positions).map { position in
    (position * ranks..<(position + 1) * ranks).compactMap { index in
      values[index] <= -99_999
        ? nil : .init(token: tokens[index], logProbability: values[index])
    }
  }
}
#endif
