#if Serve
internal import Core
internal import Dispatch
internal import FlyingSocks
internal import Foundation

/// One client, for as many requests as it sends one after another.
struct Connection: Sendable {
  private let socket: AsyncSocket
  private let service: any HTTPService
  private let closing: Closing
  private let report: @Sendable (String) -> Void

  init(
    _ socket: AsyncSocket, _ service: any HTTPService, _ closing: Closing,
    _ report: @escaping @Sendable (String) -> Void
  ) {
    self.socket = socket
    self.service = service
    self.closing = closing
    self.report = report
  }

  /// Answers until the client leaves, sends what is no request, or is silent for too long.
  func serve() async {
    var buffer = RequestBuffer(bodyBytes: service.limits.bodyBytes)
    do {
      while let request = try await next(&buffer) {
        let start = DispatchTime.now().uptimeNanoseconds
        let (reply, keepsAlive, more) = try await answer(request)
        buffer.append(more)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
        report(
          "\(request.method) \(request.path) \(reply.status) "
            + String(format: "%.3f s", seconds))
        guard keepsAlive else { break }
      }
    } catch let refusal as ServiceRefusal {
      await refuse(refusal)
    } catch {
      // The client has left, or does not take its answer: nobody is there to be told.
    }
    try? socket.close()
  }

  /// The next request; `nil` where none is on its way when the client leaves, is silent, or the server ends.
  ///
  /// - Throws: `ServiceRefusal` for what is no request, or does not come whole in time.
  private func next(_ buffer: inout RequestBuffer) async throws -> HTTPRequest? {
    let (socket, closing, seconds) = (socket, closing, service.limits.transferSeconds)
    let read: @Sendable () async throws -> [UInt8] = {
      try await closing.interruptible { try await socket.read(atMost: 4096) }
    }
    if buffer.isEmpty {
      guard let first = try await within(seconds, read) else { return nil }
      buffer.append(first)
    }
    let begun = buffer
    let found = try await within(seconds) {
      var buffer = begun
      while true {
        if let request = try buffer.next() { return (request, buffer) }
        buffer.append(try await read())
      }
    }
    guard let (request, rest) = found else {
      throw ServiceRefusal(
        status: 408, "No whole request came in \(seconds) s.", "Send it again.")
    }
    buffer = rest
    return request
  }

  private enum Event: Sendable {
    case answered(HTTPReply, keepsAlive: Bool)
    case heard([UInt8])
  }

  /// Answers a request, unless the client leaves meanwhile; with whether another may follow, and with what the client sends
  /// before it has its answer.
  private func answer(
    _ request: HTTPRequest
  ) async throws -> (HTTPReply, keepsAlive: Bool, more: [UInt8]) {
    let socket = socket
    return try await withThrowingTaskGroup(of: Event.self) { group in
      group.addTask { try await send(try await service.reply(to: request), to: request) }
      group.addTask {
        do {
          return .heard(try await socket.read(atMost: 4096))
        } catch is CancellationError {
          return .heard([])
        }
      }
      var (reply, keepsAlive, more) = (HTTPReply?.none, false, [UInt8]())
      // A client that leaves makes its reading throw, and the answer is given up.
      for try await event in group {
        switch event {
        case .answered(let answer, let isKept):
          (reply, keepsAlive) = (answer, isKept)
          group.cancelAll()
        case .heard(let bytes): more = bytes
        }
      }
      guard let reply else { throw CancellationError() }
      return (reply, keepsAlive, more)
    }
  }

  /// Sends an answer, and what follows it piece by piece.
  private func send(_ reply: HTTPReply, to request: HTTPRequest) async throws -> Event {
    let keepsAlive = request.keepsAlive && !closing.hasBegun
    try await write(reply.bytes(keepsAlive: keepsAlive))
    if let pieces = reply.pieces {
      for try await piece in pieces where !piece.isEmpty {
        try await write(HTTPReply.chunk(piece))
      }
      try await write(HTTPReply.chunk([]))
    }
    return .answered(reply, keepsAlive: keepsAlive)
  }

  private func write(_ bytes: Data) async throws {
    let socket = socket
    let written: Bool? = try await within(service.limits.transferSeconds) {
      try await socket.write(bytes)
      return true
    }
    if written == nil { throw CancellationError() }
  }

  /// Says what is wrong, and listens a little longer: a client that still sends would lose the answer otherwise.
  private func refuse(_ refusal: ServiceRefusal) async {
    report("refused \(refusal.status): \(refusal.happened)")
    try? await write(HTTPReply(refusing: refusal).bytes(keepsAlive: false))
    let (socket, closing) = (socket, closing)
    let most = 16 * service.limits.bodyBytes
    _ = try? await within(2) {
      var heard = 0
      while heard < most {
        heard += try await closing.interruptible { try await socket.read(atMost: 4096) }.count
      }
    }
  }
}

/// Does something, or gives it up after so many seconds: then the result is `nil`.
func within<Result: Sendable>(
  _ seconds: Double, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
  try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: .seconds(seconds))
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
}
#endif
