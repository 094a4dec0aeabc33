/// Who answers the requests that an `HTTPServer` carries.
package protocol HTTPService: Sendable {
  /// What is taken on at most.
  var limits: ServiceLimits { get }

  /// Answers a request, if only with what is wrong with it.
  ///
  /// - Throws: `CancellationError`.
  func reply(to request: HTTPRequest) async throws -> HTTPReply
}
