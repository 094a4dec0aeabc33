#if Engines
import Foundation
import Testing

@testable import Engines

@Suite("Recorded exchanges with a real server")
struct RecordedExchangeTests {
  @Test("are 43")
  func count() { #expect(Exchange.all.count == 43) }

  @Test("are written again byte for byte", arguments: Exchange.all)
  func roundTrip(_ exchange: Exchange) throws {
    let request = Array(exchange.request)
    if exchange.contentType == "application/x-protobuf" {
      #expect(try PassRequest(protobuf: request[...]).protobuf == request)
    } else {
      #expect(try JSONValue("request", exchange.request).bytes(.spaced) == request)
    }
    let response = Array(exchange.response)
    switch exchange.responseKind {
    case .json: #expect(try JSONValue("answer", exchange.response).bytes() == response)
    case .pass: #expect(try PassAnswer(protobuf: response[...]).protobuf == response)
    case .sample: #expect(try SampleAnswer(protobuf: response[...]).protobuf == response)
    }
  }

  @Test("hold the passes that were asked for")
  func passes() throws {
    let exchange = try Exchange.numbered(208)
    let request = try PassRequest(protobuf: Array(exchange.request)[...])
    #expect(request.modelID == "model_d6757055")
    #expect(request.loss == "cross_entropy")
    #expect(request.forwardOnly)
    #expect(request.data.count == 16)
    let datum = try #require(request.data.first)
    #expect(datum.input == [.tokens([20, 75, 11, 35, 18, 66, 64, 86, 38, 33, 25])])
    #expect(datum["target_tokens"] == WireTensor([75, 11, 35, 18, 66, 64, 86, 38, 33, 25, 108]))
    #expect(datum["weights"]?.reals == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
  }

  @Test("hold a log-probability of each target")
  func logProbabilities() throws {
    let request = try PassRequest(protobuf: Array(Exchange.numbered(208).request)[...])
    let answer = try PassAnswer(protobuf: Array(Exchange.numbered(209).response)[...])
    let rows = try answer.field("logprobs")
    #expect(rows.map(\.count) == request.data.map { $0["target_tokens"]?.count })
    // What went back as the old policy's log-probabilities of the importance ratio is what had come.
    let next = try PassRequest(protobuf: Array(Exchange.numbered(210).request)[...])
    for (row, datum) in zip(rows, next.data) {
      let weights = try #require(datum["weights"]?.reals)
      let expected = zip(try #require(row.reals), weights).map { $1 == 0 ? 0 : $0 }
      #expect(datum["logprobs"]?.reals == expected)
    }
  }

  @Test("hold the responses that were sampled")
  func samples() throws {
    let answer = try SampleAnswer(protobuf: Array(Exchange.numbered(198).response)[...])
    #expect(answer.sequences.map(\.end) == [.length, .length])
    #expect(answer.sequences.first?.tokens == [64, 86, 38, 33, 25, 108])
    #expect(answer.sequences.first?.logProbabilities?.first == Float(bitPattern: 0xc06a_e72e))
    #expect(answer.promptLogProbabilities == nil)
  }
}
#endif
