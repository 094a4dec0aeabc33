internal import Foundation

/// What is sent back: a status, and JSON or a page.
package struct HTTPReply: Sendable {
  /// The status of HTTP.
  package var status: Int
  /// JSON, or a page in UTF-8.
  package var body: [UInt8]
  /// What the body is.
  var kind = "application/json"
  /// After how many seconds to ask again, where that may help.
  var retryAfter: Int?
  /// What follows the body piece by piece; `nil` where the body is all.
  var pieces: AsyncThrowingStream<[UInt8], any Error>?

  /// A stream of events, of which the first has come.
  init(events first: [UInt8], then pieces: AsyncThrowingStream<[UInt8], any Error>) {
    self.init(status: 200, body: first)
    kind = "text/event-stream; charset=utf-8"
    self.pieces = pieces
  }

  /// An answer.
  init(_ body: some Encodable, status: Int = 200) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    self.body = Array(try encoder.encode(body))
    self.status = status
  }

  /// A page, or a part of one.
  package init(page: String, status: Int = 200) {
    self.init(status: status, body: Array(page.utf8))
    kind = "text/html; charset=utf-8"
  }

  /// A refusal.
  init(refusing refusal: ServiceRefusal) {
    let encoded = try? HTTPReply(RefusalBody(refusal), status: refusal.status)
    self.init(status: refusal.status, body: encoded?.body ?? Array("{}".utf8))
    retryAfter = refusal.retryAfter
  }

  private init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }

  /// The bytes of the reply, with whether another request may follow.
  func bytes(keepsAlive: Bool) -> Data {
    var head = "HTTP/1.1 \(status) \(Self.phrases[status] ?? "Status")\r\n"
    head += "Content-Type: \(kind)\r\n"
    head +=
      pieces == nil
      ? "Content-Length: \(body.count)\r\n"
      : "Transfer-Encoding: chunked\r\nCache-Control: no-store\r\n"
    // A page is of this moment, and is shown within no other.
    if kind.hasPrefix("text/html") {
      head += "Cache-Control: no-store\r\nX-Frame-Options: DENY\r\nReferrer-Policy: same-origin\r\n"
    }
    if let retryAfter { head += "Retry-After: \(retryAfter)\r\n" }
    if status == 401 { head += "WWW-Authenticate: Bearer\r\n" }
    head += "Connection: \(keepsAlive ? "keep-alive" : "close")\r\n\r\n"
    // An empty piece would be the last one.
    let isPiece = pieces != nil && !body.isEmpty
    return Data(head.utf8) + (isPiece ? Self.chunk(body) : Data(body))
  }

  /// A piece of a body whose length nobody knows; the last one is empty.
  ///
  /// Source: RFC 9112, §7.1.
  static func chunk(_ piece: [UInt8]) -> Data {
    Data((String(piece.count, radix: 16) + "\r\n").utf8) + Data(piece) + Data("\r\n".utf8)
  }

  private static let phrases = [
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict", 411: "Length Required",
    413: "Content Too Large", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 503: "Service Unavailable", 504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
  ]
}
