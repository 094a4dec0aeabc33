#if Serve
internal import Analysis
internal import Foundation
internal import Records
internal import Serve

/// The page of runs that are going, for the browser of whoever began to watch.
///
/// A page of somebody else can send requests to this machine, too. None is answered without the token, which only the
/// address has that was printed; nor under another name than this machine's, which keeps names out that are pointed here
/// later; and a run is stopped for a page of this very address alone.
struct WatchService: HTTPService {
  let limits: ServiceLimits
  /// The first part of every path: 128 bits at random.
  let token: String
  private let folders: [String]
  private let metric: String?
  private let baseline: String?

  /// The page of some folders.
  init(
    _ folders: [String], metric: String? = nil, baseline: String? = nil,
    token: String = WatchService.newToken()
  ) {
    self.folders = folders
    self.metric = metric
    self.baseline = baseline
    self.token = token
    var limits = ServiceLimits()
    limits.bodyBytes = 16 << 10
    limits.connections = 32
    self.limits = limits
  }

  /// Letters and digits that nobody guesses.
  static func newToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in String(generator.next() as UInt64, radix: 36) }.joined(separator: "")
  }

  func reply(to request: HTTPRequest) async -> HTTPReply {
    let host = request.headers["host"] ?? ""
    guard ["127.0.0.1", "localhost"].contains(host.prefix { $0 != ":" }) else {
      return Self.refusal(403, "This page is for 127.0.0.1 alone.")
    }
    let path = request.path.split(separator: "/", omittingEmptySubsequences: false)
    guard path.count > 1, path[1] == token else {
      return Self.refusal(404, "There is no such page. Take the address that opd printed.")
    }
    switch (request.method, path.dropFirst(2).joined(separator: "/")) {
    case ("GET", ""):
      return HTTPReply(
        page: await WatchBoard.page(of: folders, metric: metric, baseline: baseline))
    case ("GET", "runs"): return HTTPReply(page: WatchBoard(folders).html)
    case ("POST", "stop"): return stop(request, host)
    default: return Self.refusal(404, "There is no such page.")
    }
  }

  /// Asks a run to end, if it is one of those that are watched.
  private func stop(_ request: HTTPRequest, _ host: String) -> HTTPReply {
    guard request.headers["origin"] == "http://" + host else {
      return Self.refusal(403, "Runs are stopped from their own page alone.")
    }
    guard WatchBoard(folders).isRunning(request.text) else {
      return Self.refusal(404, "No run that is watched and going has this folder.")
    }
    guard RunLease.askToEnd(request.text) else {
      return Self.refusal(409, "The run is on another machine, or has just ended.")
    }
    return HTTPReply(page: WatchBoard(folders).html)
  }

  private static func refusal(_ status: Int, _ reason: String) -> HTTPReply {
    HTTPReply(page: "<!doctype html><title>\(status)</title><p>\(reason)</p>\n", status: status)
  }
}
#endif
