#if Serve
internal import FlyingSocks
internal import Foundation

/// Carries requests to a service and answers back, over HTTP/1.1.
///
/// FlyingFox gives the sockets; `RequestBuffer` says why the rest is here.
package struct HTTPServer: Sendable {
  /// Where it listens.
  package struct Address: Sendable, Hashable {
    /// An address of IPv4, such as `127.0.0.1`.
    package var host: String
    /// The port; 0 for any that is free.
    package var port: UInt16

    /// An address.
    package init(host: String = "127.0.0.1", port: UInt16) {
      self.host = host
      self.port = port
    }

    /// Whether only this machine reaches it.
    package var isLoopback: Bool { host.hasPrefix("127.") }
  }

  private let service: any HTTPService
  private let report: @Sendable (String) -> Void

  /// A server.
  ///
  /// - Parameters:
  ///   - service: Who answers.
  ///   - report: Told in a line what became of each request.
  package init(
    _ service: any HTTPService, report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.service = service
    self.report = report
  }

  /// Listens and answers until it is to end; then no request is taken any more, and those that are here are answered.
  ///
  /// - Parameters:
  ///   - address: Where to listen.
  ///   - begun: Told the port once requests can come.
  ///   - end: Returns when the server is to end.
  /// - Throws: `ServerError` where nobody can listen there.
  package func run(
    at address: Address, begun: @Sendable (Int) -> Void,
    until end: @escaping @Sendable () async -> Void
  ) async throws {
    let pool = SocketPool(queue: ePoll(maxEvents: 64))
    try await pool.prepare()
    let socket = try Self.listening(at: address, pool)
    let closing = Closing()
    let readiness = Task { try await pool.run() }
    let doors = Task { await accept(from: socket, closing) }
    begun(Self.port(of: socket) ?? Int(address.port))
    await end()
    closing.begin()
    await doors.value
    readiness.cancel()
    _ = await readiness.result
  }

  private static func listening(
    at address: Address, _ pool: some AsyncSocketPool
  ) throws -> AsyncSocket {
    do {
      let place = try sockaddr_in.inet(ip4: address.host, port: address.port)
      let socket = try Socket(domain: AF_INET, type: .stream)
      try socket.setValue(true, for: .localAddressReuse)
      try socket.bind(to: place)
      try socket.listen()
      return try AsyncSocket(socket: socket, pool: pool)
    } catch {
      throw ServerError.address(
        host: address.host, port: Int(address.port), reason: "\(error.localizedDescription)")
    }
  }

  private static func port(of socket: AsyncSocket) -> Int? {
    guard case .ip4(_, let port)? = try? socket.socket.sockname() else { return nil }
    return Int(port)
  }

  /// Lets clients in, so many at a time; ends when all that came in have left.
  private func accept(from socket: AsyncSocket, _ closing: Closing) async {
    let places = Turnstile(places: service.limits.connections, waiting: 1)
    let forever = 1e9
    await withDiscardingTaskGroup { group in
      while !closing.hasBegun {
        do {
          try await places.enter(within: forever)
        } catch {
          continue
        }
        do {
          let client = try await closing.interruptible { try await socket.accept() }
          group.addTask {
            await Connection(client, service, closing, report).serve()
            await places.leave()
          }
        } catch {
          await places.leave()
          // Too many open files, say: it may be better when somebody has left.
          if !closing.hasBegun { try? await Task.sleep(for: .milliseconds(50)) }
        }
      }
      try? socket.close()
    }
  }
}
#endif
