#if Engines
import Testing

@testable import Engines

@Suite("Messages of the JSON dialect")
struct MessageTests {
  @Test("hold passes as skyrl-tx 0.3.0 reads them")
  func pass() {
    let response = ScoredResponse(prompt: [.tokens([1]), .tokens([2])], response: [3, 4])
    let request = PassRequest(
      modelID: "m", sequence: 7, data: [response.datum(rank: 0)], loss: "cross_entropy",
      direction: .forward)
    let expected = """
      {"model_id":"m","seq_id":7,"forward_input":{"data":[{"model_input":{"chunks":[\
      {"type":"encoded_text","tokens":[1,2,3]}]},"loss_fn_inputs":{\
      "target_tokens":{"data":[2,3,4],"dtype":"int64","shape":[3]},\
      "weights":{"data":[0.0,1.0,1.0],"dtype":"float32","shape":[3]}}}],"loss_fn":"cross_entropy"}}
      """
    #expect(String(decoding: request.json.bytes(), as: UTF8.self) == expected)
  }

  @Test("and of the other dialect are the same datum")
  func protobuf() throws {
    let image = WireImage(data: [1, 2, 3], format: "png", expectedTokens: 2)
    let response = ScoredResponse(prompt: [.image(image), .tokens([5])], response: [6, 7])
    let datum = response.datum(rank: 0, [("advantages", [0.5, -1])])
    #expect(datum.input == [.image(image), .tokens([5, 6])])
    #expect(datum["target_tokens"] == WireTensor([0, 5, 6, 7]))
    #expect(datum["advantages"]?.reals == [0, 0, 0.5, -1])
    let request = PassRequest(
      modelID: "m", sequence: 1, data: [datum], loss: "importance_sampling",
      direction: .forwardBackward)
    #expect(try PassRequest(protobuf: request.protobuf[...]) == request)
  }

  @Test("give values, null as NaN, and refuse what is no number")
  func answer() throws {
    let text = """
      {"loss_fn_output_type":"scalar","loss_fn_outputs":[{"logprobs":{"data":[-1,-0.5,null],\
      "dtype":"float32","shape":[3]}}],"metrics":{"a":2,"b":null}}
      """
    let answer = try PassAnswer(json: JSONParser.value("answer", Array(text.utf8)[...]))
    let values = try #require(answer.field("logprobs").first?.reals)
    #expect(values[0] == -1 && values[1] == -0.5 && values[2].isNaN)
    #expect(answer.metric("a") == 2 && answer.metric("b")?.isNaN == true)
    #expect(throws: WireError.malformed(what: "answer", reason: "something that is no value")) {
      try JSONParser.value("answer", Array("[NaN]".utf8)[...])
    }
    #expect(throws: WireError.malformed(what: "answer", reason: "'1e999' where a number should be"))
    {
      try JSONParser.value("answer", Array("[1e999]".utf8)[...])
    }
  }

  @Test("keep texts with every escape")
  func texts() throws {
    let text = #"{"a\n\"b\\":"é\ud83d\ude00\u0007\/"}"#
    let value = try JSONParser.value("answer", Array(text.utf8)[...])
    #expect(value["a\n\"b\\"]?.text == "é😀\u{7}/")
    #expect(try JSONParser.value("again", value.bytes()[...]) == value)
    #expect(throws: WireError.self) {
      try JSONParser.value("answer", Array(#""\ud83d""#.utf8)[...])
    }
  }
}
#endif
