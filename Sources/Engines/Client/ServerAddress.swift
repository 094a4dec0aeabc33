#if Engines
import Foundation

/// Where requests may go: an address without secrets, encrypted unless it is this machine's.
struct ServerAddress: Sendable, Hashable {
  let base: URL

  /// Checks an address.
  ///
  /// - Throws: `EngineError.address`; the error repeats no user name, password or query.
  init(_ text: String, insecure: Bool) throws(EngineError) {
    let shown = withoutSecrets(text)
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let host = parts.host?.lowercased(), !host.isEmpty
    else { throw .address(url: shown, reason: "it is no http or https address") }
    guard parts.user == nil, parts.password == nil else {
      throw .address(url: shown, reason: "it holds a user name or password")
    }
    guard parts.query == nil, parts.fragment == nil else {
      throw .address(url: shown, reason: "it holds a query or fragment, where secrets hide")
    }
    guard scheme == "https" || insecure || isLoopback(host) else {
      throw .address(url: shown, reason: "plain http to another machine shows the key to all")
    }
    guard let url = parts.url else {
      throw .address(url: shown, reason: "it is no http or https address")
    }
    base = url
  }

  /// The address of an operation.
  func url(of operation: String) -> URL {
    base.appendingPathComponent("api/v1").appendingPathComponent(operation)
  }
}

/// Whether a host is this machine: 127.0.0.0/8 in four decimal numbers, ::1 or its name.
private func isLoopback(_ host: String) -> Bool {
  if ["localhost", "::1", "[::1]"].contains(host) { return true }
  let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
  return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
}

/// An address without user name, password, query and fragment.
private func withoutSecrets(_ text: String) -> String {
  let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
  let plain = text[..<end]
  guard let at = plain.lastIndex(of: "@") else { return String(plain) }
  return "(user)" + plain[at...]
}
#endif
