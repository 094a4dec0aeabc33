#if Engines
import Foundation

extension StudentProbe {
  /// Two targets a position, in one datum, are scored as in two.
  mutating func targetRows() async throws -> Finding {
    let response = bench.trained
    let others = ScoredResponse(
      prompt: response.prompt, response: response.response, targets: [[9], [7], [8]])
    let expected = zip(
      try await bench.score(response, bench.model), try await bench.score(others, bench.model)
    ).flatMap { [$0, $1] }
    let (datum, length) = try joined(response.datum(rank: 0), others.datum(rank: 0))
    let answer = try await bench.client.pass(
      bench.model, [datum], loss: "cross_entropy", .forward)
    let found = try bench.client.read("forward") { try answer.field("logprobs") }.first?.reals ?? []
    let tail = found.suffix(expected.count).map { Double($0) }
    let difference = zip(tail, expected).map { abs($0 - $1) }.max() ?? .infinity
    report.abilities.readsTargetRows =
      found.count == 2 * length && difference <= max(10 * report.abilities.repeatError, 1e-4)
    return report.abilities.readsTargetRows
      ? (.ok, "two targets a position are scored as two")
      : (.limit, "they are misread (\(found.count) values for \(length) rows); copies are sent")
  }

  /// One datum with the targets of two, side by side, and how many positions it has.
  private func joined(_ first: WireDatum, _ second: WireDatum) throws -> (WireDatum, Int) {
    var datum = first
    let length = first["target_tokens"]?.count ?? 0
    let rows = zip(whole(first["target_tokens"]), whole(second["target_tokens"]))
      .flatMap { [$0, $1] }
    let weights = (first["weights"]?.reals ?? []).flatMap { [$0, $0] }
    datum.lossInputs = [
      NamedTensor("target_tokens", try matrix(.int64(rows), length)),
      NamedTensor("weights", try matrix(.float32(weights), length)),
    ]
    return (datum, length)
  }

  private func whole(_ tensor: WireTensor?) -> [Int64] {
    guard case .int64(let values) = tensor?.elements else { return [] }
    return values
  }

  private func matrix(
    _ elements: WireTensor.Elements, _ rows: Int
  ) throws(EngineError) -> WireTensor {
    do {
      return try WireTensor(elements, shape: [rows, 2], of: "targets")
    } catch {
      throw .malformed(operation: "forward", reason: error.reason)
    }
  }

  /// A black and a white picture before the same text must make a difference.
  mutating func images() async throws -> Finding {
    var scores: [[Double]] = []
    for picture in [Self.black, Self.white] {
      let image = WireImage(
        data: Array(Data(base64Encoded: picture) ?? Data()), format: "png", expectedTokens: 1)
      let response = ScoredResponse(
        prompt: [.image(image)] + bench.trained.prompt, response: bench.trained.response)
      scores.append(try await bench.score(response, bench.model))
    }
    let difference = zip(scores[0], scores[1]).map { abs($0 - $1) }.max() ?? 0
    report.abilities.images = difference > 1e-6
    return report.abilities.images
      ? (.ok, "black and white differ by \(short(difference)) nats")
      : (.limit, "pictures are dropped without a word: black and white score the same")
  }

  /// One grey pixel each, as PNG.
  private static let black = """
    iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==
    """
  private static let white = """
    iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==
    """
}
#endif
