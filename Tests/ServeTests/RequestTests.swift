import Core
import Foundation
import Testing

@testable import Serve

@Suite("A request that nobody vouches for")
struct RequestTests {
  let service = TinyModels.service()

  @Test(
    "is refused with status 400 and a sentence",
    arguments: [
      ("", "no value"), ("{", "a name is missing"), ("[1]", "a list of 1, and no object"),
      (#"{"model": "tiny"}"#, "'prompt' is missing"),
      (#"{"prompt": "a"}"#, "'model' is missing"),
      (#"{"model": "tiny", "prompt": "a", "max_tokens": 1e3}"#, "'max_tokens' is 1e3"),
      (#"{"model": "tiny", "prompt": "a", "max_tokens": -1}"#, "from 0 to 96"),
      (#"{"model": "tiny", "prompt": "a", "max_tokens": 99999999999999999999}"#, "from 0 to 96"),
      (#"{"model": "tiny", "prompt": "a", "max_tokens": "5"}"#, "'max_tokens' is '5'"),
      (#"{"model": "tiny", "prompt": "a", "temperature": NaN}"#, "no value"),
      (#"{"model": "tiny", "prompt": "a", "temperature": 1e999}"#, "'temperature' is 1e999"),
      (#"{"model": "tiny", "prompt": "a", "temperature": 0.001}"#, "'temperature' is 0.001"),
      (#"{"model": "tiny", "prompt": "a", "seed": -1}"#, "'seed' is -1"),
      (#"{"model": "tiny", "prompt": "a", "logprobs": true}"#, "'logprobs' is true"),
      (#"{"model": "tiny", "prompt": "a", "stop": ["", "b"]}"#, "'stop' is a list of 2"),
      (#"{"model": "tiny", "prompt": "a", "n": 17}"#, "from 1 to 16"),
      (#"{"model": "tiny", "prompt": "a", "stream": "yes"}"#, "'stream' is 'yes'"),
      (#"{"model": "tiny", "prompt": "a", "top_p": 1.5}"#, "'top_p' is 1.5. Send a number from 0"),
      (#"{"model": "tiny", "prompt": "a", "top_k": 0.5}"#, "'top_k' is 0.5"),
      (#"{"model": "tiny", "prompt": "a", "min_p": -1}"#, "'min_p' is -1"),
      (
        #"{"model": "tiny", "prompt": "a", "logit_bias": {"3": 9}}"#,
        "'logit_bias' is an object of 1, which is not done"
      ),
      (#"{"model": "tiny", "prompt": "a", "best_of": 2}"#, "'best_of' is 2"),
      (#"{"model": "tiny", "prompt": "a", "maxtokens": 2}"#, "Did you mean 'max_tokens'?"),
      (#"{"model": "tiny", "prompt": "a", "prompt": "b"}"#, "'prompt' occurs twice"),
      (#"{"model": "tiny", "prompt": ""}"#, "A prompt is empty"),
      (#"{"model": "tiny", "prompt": []}"#, "A prompt is empty"),
      (#"{"model": "tiny", "prompt": [1, "a"]}"#, "A prompt is a list of 2"),
      (#"{"model": "tiny", "prompt": [1, 30]}"#, "no token 30. Its tokens are 0 to 29."),
      (#"{"model": "tiny", "prompt": {"a": 1}}"#, "A prompt is an object of 1"),
      (#"{"model": "tiny", "prompt": "A"}"#, "no word of the vocabulary begins 'A'"),
      (#"{"model": "tiny", "prompt": "abc", "max_tokens": 94}"#, "Both together may have 96."),
    ])
  func refused(body: String, words: String) async throws {
    let (status, text) = try await service.ask(body)
    #expect(status == 400 && text.contains(words), "\(status) \(text)")
    #expect(text.contains("invalid_request_error"))
  }

  @Test("is refused however deep it is nested, and whatever bytes it has")
  func hostile() async throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(try await service.ask(deep).status == 400)
    #expect(try await service.ask(#"{"a":"# + deep).status == 400)
    let bytes = try await service.reply(
      to: HTTPRequest(
        method: "POST", path: "/v1/completions", headers: [:], body: [0xff, 0xfe, 0x00],
        keepsAlive: true))
    #expect(bytes.status == 400)
    var draws = Seed(3).generator()
    let model = try await service.object(#"{"model": "tiny", "prompt": "a", "max_tokens": 1}"#)
    for _ in 0..<200 {
      var body = Array(#"{"model": "tiny", "prompt": [1, 2], "max_tokens": 1, "logprobs": 1}"#.utf8)
      for _ in 0..<3 { body[draws.integer(below: body.count)] = UInt8(draws.integer(below: 256)) }
      let reply = try await service.reply(
        to: HTTPRequest(
          method: "POST", path: "/v1/completions", headers: [:], body: body, keepsAlive: true))
      #expect([200, 400, 404].contains(reply.status))
    }
    let again = try await service.object(#"{"model": "tiny", "prompt": "a", "max_tokens": 1}"#)
    #expect(NSDictionary(dictionary: model) == NSDictionary(dictionary: again))
  }

  @Test("for what is not there says what is")
  func missing() async throws {
    let other = try await service.ask(#"{"model": "large", "prompt": "a"}"#)
    #expect(other.status == 404 && other.text.contains("There is 'tiny'."))
    #expect(try await service.ask("{}", "/v1/embeddings").status == 404)
    #expect(try await service.ask("{}", "/v1/models").status == 405)
  }

  @Test("without the key, or with another, is let in nowhere")
  func key() async throws {
    let closed = TinyModels.service(key: "sesame")
    let body = #"{"model": "tiny", "prompt": "a", "max_tokens": 1}"#
    for given in [[:], ["authorization": "Bearer sesam"], ["authorization": "sesame"]] {
      let (status, text) = try await closed.ask(body, headers: given)
      #expect(status == 401 && !text.contains("sesame"))
    }
    #expect(try await closed.ask(body, headers: ["authorization": "Bearer sesame"]).status == 200)
  }
}

@Suite("Bytes of HTTP")
struct RequestBufferTests {
  private func requests(_ text: String, pieces: Int) throws -> [HTTPRequest] {
    var buffer = RequestBuffer(bodyBytes: 100)
    var found: [HTTPRequest] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      buffer.append(Array(bytes[start..<min(start + pieces, bytes.count)]))
      while let request = try buffer.next() { found.append(request) }
    }
    return found
  }

  @Test("are the same requests in whatever pieces they come", arguments: [1, 2, 7, 1000])
  func pieces(size: Int) throws {
    let text =
      "POST /v1/completions?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n{\r\n}"
      + "GET /health HTTP/1.1\r\nhost:b\r\nConnection: close\r\n\r\n"
    let found = try requests(text, pieces: size)
    #expect(found.map(\.path) == ["/v1/completions", "/health"])
    #expect(found.map(\.text) == ["{\r\n}", ""])
    #expect(found.map(\.keepsAlive) == [true, false])
    #expect(found.last?.headers["host"] == "b")
  }

  @Test(
    "that are no request are refused",
    arguments: [
      ("GET / HTTP/2\r\n\r\n", 505), ("GET  / HTTP/1.1\r\n\r\n", 400), ("GET\r\n\r\n", 400),
      ("GET http://a/ HTTP/1.1\r\n\r\n", 400), ("\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\n folded: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nnothing\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n", 413),
      ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
      ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
      ("GET /" + String(repeating: "a", count: 20_000), 431),
    ])
  func refused(text: String, status: Int) throws {
    let error = #expect(throws: ServiceRefusal.self) { try requests(text, pieces: 1000) }
    #expect(error?.status == status, "\(error.map { "\($0)" } ?? "")")
  }
}
