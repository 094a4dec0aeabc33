#if Engines
extension PassAnswer {
  /// From the JSON dialect, where each datum has its own record.
  package init(json: JSONValue) throws(WireError) {
    guard let outputs = json["loss_fn_outputs"]?.list else {
      throw .malformed(what: "pass", reason: "no 'loss_fn_outputs'")
    }
    outputType = json["loss_fn_output_type"]?.text ?? ""
    metrics = (json["metrics"]?.members ?? []).map {
      Metric(name: $0.name, value: $0.value.double ?? .nan)
    }
    records = try outputs.map { output throws(WireError) in
      let fields = try (output.members ?? []).map {
        member throws(WireError) -> (name: String, tensor: BatchedTensor) in
        let tensor = try WireTensor(json: member.value, of: "pass")
        return (
          member.name,
          BatchedTensor(
            tensors: [tensor], trailingShape: Array(tensor.shape.dropFirst()),
            type: Int(tensor.elements.type))
        )
      }
      return Record(tag: "", fields: fields, count: 1)
    }
  }
}

extension SampleAnswer {
  /// From the JSON dialect.
  package init(json: JSONValue) throws(WireError) {
    guard let sequences = json["sequences"]?.list else {
      throw .malformed(what: "sample", reason: "no 'sequences'")
    }
    self.init(
      sequences: try sequences.map { value throws(WireError) in try Sequence(json: value) },
      promptLogProbabilities: try json["prompt_logprobs"]?.list.map {
        list throws(WireError) in try wireReals(list, of: "sample")
      },
      promptAlternatives: try json["topk_prompt_logprobs"]?.list.map {
        list throws(WireError) in
        try list.map { row throws(WireError) in try Self.alternatives(row) }
      })
  }

  /// Pairs of a token and its log-probability; none where nothing is before the position.
  private static func alternatives(_ row: JSONValue) throws(WireError) -> [Alternative] {
    try (row.list ?? []).map { pair throws(WireError) in
      guard let pair = pair.list, pair.count == 2, let token = pair[0].integer,
        0...Int64(Int32.max) ~= token, let value = pair[1].double
      else { throw .malformed(what: "sample", reason: "an alternative that is no pair") }
      return Alternative(token: Int(token), logProbability: Float(value))
    }
  }
}

extension SampleAnswer.Sequence {
  init(json: JSONValue) throws(WireError) {
    let what = "SampledSequence"
    let found = try wireIntegers(json["tokens"]?.list ?? [], of: what)
    guard found.allSatisfy({ 0...Int64(Int32.max) ~= $0 }) else {
      throw .malformed(what: what, reason: "a token below 0 or above 2³¹ − 1")
    }
    let ends: [String?: End] = ["stop": .stop, "length": .length]
    guard let end = ends[json["stop_reason"]?.text] else {
      throw .malformed(what: what, reason: "no known reason to stop")
    }
    self.init(
      end: end, tokens: found.map { Int($0) },
      logProbabilities: try json["logprobs"]?.list.map {
        list throws(WireError) in try wireReals(list, of: what)
      })
    try check()
  }
}
#endif
