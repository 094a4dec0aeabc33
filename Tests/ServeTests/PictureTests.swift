import Foundation
import Testing

@testable import Serve

@Suite("A conversation about pictures")
struct PictureTests {
  private let path = "/v1/chat/completions"

  private func shown(_ url: String, detail: String = "") -> String {
    #"{"type": "image_url", "image_url": {"url": "\#(url)"\#(detail)}}"#
  }

  private func png(_ base64: String) -> String { shown("data:image/png;base64," + base64) }

  private func body(_ parts: [String], _ keys: String = "") -> String {
    """
    {"model": "seeing", "max_tokens": 12, "temperature": 0\(keys), "messages": [
      {"role": "user", "content": [\((parts + [#"{"type": "text", "text": "what is it"}"#]).joined(separator: ","))]}]}
    """
  }

  private func text(_ object: [String: Any]) throws -> String {
    let choice = try #require((object["choices"] as? [[String: Any]])?.first)
    return try #require((choice["message"] as? [String: Any])?["content"] as? String)
  }

  @Test("has another answer to another picture, and the same bytes to the same")
  func sees() async throws {
    let service = try SeeingModel().service
    let red = body([png(TinyPNG.base64(255, 0, 0))], #", "logprobs": true, "top_logprobs": 2"#)
    let blue = body([png(TinyPNG.base64(0, 0, 255))], #", "logprobs": true, "top_logprobs": 2"#)
    let first = try await service.ask(red, path)
    #expect(first.status == 200, "\(first.text)")
    #expect(try await service.ask(red, path).text == first.text)
    func probabilities(_ text: String) -> String? {
      text.range(of: "\"logprobs\"").map { String(text[$0.lowerBound...]) }
    }
    let other = try await service.ask(blue, path)
    #expect(other.status == 200 && probabilities(other.text) != probabilities(first.text))
  }

  @Test("counts the rows of pictures among the prompt's, in order and beside texts alone")
  func rows() async throws {
    let service = try SeeingModel().service
    func tokens(_ parts: [String]) async throws -> Int {
      try #require(
        (try await service.object(body(parts), path)["usage"] as? [String: Int])?["prompt_tokens"])
    }
    let none = try await tokens([])
    let one = try await tokens([png(TinyPNG.base64(1, 2, 3))])
    let two = try await tokens([
      png(TinyPNG.base64(1, 2, 3)), png(TinyPNG.base64(9, 9, 9, width: 3)),
    ])
    // Four rows a tile, two borders and the mark of the whole picture; a text has a space before it.
    #expect(one - none == 6 && two - one == 7)
  }

  @Test("streams its answer as it gives it whole")
  func streamed() async throws {
    let service = try SeeingModel().service
    let picture = png(TinyPNG.base64(200, 10, 90))
    let whole = try text(await service.object(body([picture]), path))
    let reply = try await service.reply(
      to: HTTPRequest(
        method: "POST", path: path, headers: [:],
        body: Array(body([picture], #", "stream": true"#).utf8), keepsAlive: true))
    var bytes = reply.body
    if let pieces = reply.pieces { for try await piece in pieces { bytes += piece } }
    let said = try String(decoding: bytes, as: UTF8.self).split(separator: "\n\n").dropLast().map {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data($0.dropFirst(6).utf8)) as? [String: Any])
      let choice = (object["choices"] as? [[String: Any]])?.first
      return (choice?["delta"] as? [String: Any])?["content"] as? String ?? ""
    }
    #expect(said.joined() == whole)
  }

  @Test("is refused in a sentence where a picture is none, too large, or elsewhere")
  func hostile() async throws {
    let service = try SeeingModel().service
    let good = TinyPNG.base64(1, 2, 3)
    for (part, words) in [
      (png("%%%"), "not base64"), (png(String(good.dropLast(3))), "not base64"),
      (png(""), "not base64"),
      (png("AAAA"), "does not begin as PNG files do"),
      (png(TinyPNG.base64(0, 0, 0, claimed: (60_000, 60_000))), "none or too many"),
      (png(TinyPNG.base64(0, 0, 0, claimed: (4096, 4096))), "cannot hold"),
      (png(TinyPNG.base64(0, 0, 0, claimed: (0, 8))), "none or too many"),
      (png(TinyPNG.base64(0, 0, 0, claimed: (8, 9))), "do not unpack"),
      (shown("https://example.org/a.png"), "nothing is fetched"),
      (shown("file:///etc/passwd"), "nothing is fetched"),
      (shown("data:image/jpeg;base64,/9j/4AAQ"), "'data:image/jpeg;base64', which is not read"),
      (shown("data:image/png," + good), "'data:image/png', which is not read"),
      (shown("data:image/png;base64," + good, detail: #", "detail": "high""#), "'detail'"),
      (#"{"type": "image_url", "image_url": "data:image/png;base64,AAAA"}"#, "no object"),
      (#"{"type": "input_audio"}"#, "type 'input_audio'"),
      (#"{"type": "text", "text": "<image>"}"#, "1 tokens for pictures"),
    ] {
      let (status, text) = try await service.ask(body([part]), path)
      #expect(status == 400 && text.contains(words), "\(words): \(status) \(text)")
    }
    let many = body([String](repeating: png(good), count: 65))
    #expect(try await service.ask(many, path).text.contains("shows 65 pictures"))
    let full = body([String](repeating: png(good), count: 64))
    let (status, text) = try await service.ask(full, path)
    #expect(status == 400 && text.contains("positions") || text.contains("do not fit"), "\(text)")
    let blind = try await TinyModels.service().ask(
      body([png(good)]).replacing("seeing", with: "tiny"), path)
    #expect(blind.status == 400 && blind.text.contains("Send texts alone."))
    #expect(try await service.ask(body([png(good)]), path).status == 200)
  }
}
