/// A request that has come whole.
package struct HTTPRequest: Sendable, Hashable {
  /// `GET`, `POST` or alike.
  package var method: String
  /// The path, without what follows a question mark.
  package var path: String
  /// Values by their names in lower case.
  package var headers: [String: String]
  /// The body.
  package var body: [UInt8]
  /// Whether another request may follow.
  package var keepsAlive: Bool
  /// Whether the client reads bodies that come in pieces: one of HTTP/1.0 does not.
  var takesPieces = true

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }
}

/// Finds requests in bytes that come as they please.
///
/// Own code: FlyingFox's reader takes header lines of any length and waits for the rest of a request for ever, and so do
/// bodies there; here a request has so many bytes, and whoever reads has so much time.
struct RequestBuffer: Sendable {
  private var bytes: [UInt8] = []
  private let mostBody: Int
  private var searched = 0
  private var head: (request: HTTPRequest, length: Int, body: Int)?

  /// A buffer for requests with bodies of at most so many bytes.
  init(bodyBytes: Int) { mostBody = bodyBytes }

  /// Whether nothing of a request has come.
  var isEmpty: Bool { bytes.isEmpty }

  /// Takes in what has come.
  mutating func append(_ new: [UInt8]) { bytes += new }

  /// The next request, once it is whole.
  ///
  /// - Throws: `ServiceRefusal` for bytes that are no request, or too many; nothing that follows can be read then.
  mutating func next() throws -> HTTPRequest? {
    if head == nil { try readHead() }
    guard let head, bytes.count >= head.length + head.body else { return nil }
    var request = head.request
    request.body = Array(bytes[head.length..<head.length + head.body])
    bytes.removeFirst(head.length + head.body)
    self.head = nil
    searched = 0
    return request
  }

  private mutating func readHead() throws {
    guard let end = endOfHead() else {
      guard bytes.count <= ServiceLimits.headBytes else { throw Self.longHead }
      return
    }
    guard end <= ServiceLimits.headBytes else { throw Self.longHead }
    guard let text = String(validating: bytes[..<end], as: UTF8.self) else {
      throw Self.malformed("it is not UTF-8")
    }
    var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
    while lines.last?.isEmpty == true { lines.removeLast() }
    guard let first = lines.popFirst() else { throw Self.malformed("it has no first line") }
    let request = try Self.request(first, headers: try Self.headers(lines))
    head = (request, end, try length(of: request))
  }

  /// Where the empty line ends that ends the head.
  private mutating func endOfHead() -> Int? {
    let mark: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a]
    let most = min(bytes.count, ServiceLimits.headBytes + mark.count)
    while searched + mark.count <= most {
      if bytes[searched..<searched + mark.count].elementsEqual(mark) {
        return searched + mark.count
      }
      searched += 1
    }
    return nil
  }

  private static func request(_ line: Substring, headers: [String: String]) throws -> HTTPRequest {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[1].hasPrefix("/"), !words[0].isEmpty else {
      throw malformed("its first line is no method, path and version")
    }
    guard ["HTTP/1.1", "HTTP/1.0"].contains(words[2]) else {
      throw ServiceRefusal(status: 505, "The request is in no HTTP/1.1.", "Send it in HTTP/1.1.")
    }
    let connection = headers["connection"]?.lowercased() ?? ""
    return HTTPRequest(
      method: String(words[0]), path: String(words[1].prefix { $0 != "?" }), headers: headers,
      body: [],
      keepsAlive: words[2] == "HTTP/1.1"
        ? !connection.contains("close") : connection.contains("keep-alive"),
      takesPieces: words[2] == "HTTP/1.1")
  }

  private static func headers(_ lines: ArraySlice<Substring>) throws -> [String: String] {
    var headers: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
        line[..<colon].allSatisfy({ $0.isASCII && !$0.isWhitespace })
      else { throw malformed("a line of its head is no name and value") }
      let name = line[..<colon].lowercased()
      let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
      let known = headers.updateValue(String(value), forKey: name)
      // Two lengths, or two hosts, are how one request is smuggled in another.
      guard known == nil || known == String(value) || !single.contains(name) else {
        throw malformed("it has two headers '\(name)'")
      }
    }
    return headers
  }

  private static let single = ["content-length", "host", "authorization"]

  private func length(of request: HTTPRequest) throws -> Int {
    guard request.headers["transfer-encoding"] == nil else {
      throw ServiceRefusal(
        status: 411, "The request does not say how long its body is.",
        "Send Content-Length, and no chunks.")
    }
    guard let text = request.headers["content-length"] else { return 0 }
    let digits = text.filter { !$0.isWhitespace }
    guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
      throw Self.malformed("its length is '\(text.prefix(40))'")
    }
    guard let length = Int(digits), length <= mostBody else {
      throw ServiceRefusal(
        status: 413, "The body has \(digits.prefix(20)) bytes.", "Send at most \(mostBody).")
    }
    return length
  }

  private static var longHead: ServiceRefusal {
    ServiceRefusal(
      status: 431, "The head of the request has more than \(ServiceLimits.headBytes) bytes.",
      "Send fewer headers.")
  }

  private static func malformed(_ reason: String) -> ServiceRefusal {
    ServiceRefusal("The request cannot be read: \(reason).", "Send a request of HTTP/1.1.")
  }
}
