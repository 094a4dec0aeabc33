#if LiveTeachers
import Foundation

/// The address of a service, without user name, password, query or fragment: those carry secrets.
///
/// Reading it from a configuration refuses any other, so that no secret reaches the files that repeat the configuration.
@propertyWrapper
package struct ServiceAddress: Sendable, Hashable, Codable {
  /// The address as it was written.
  package var wrappedValue: String

  /// An address that is checked when it is used.
  package init(wrappedValue: String) { self.wrappedValue = wrappedValue }

  /// Reads an address.
  ///
  /// - Throws: `CompletionsError.address`.
  package init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode(String.self)
    _ = try Self.checked(wrappedValue)
  }

  /// Writes the address.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }

  /// The address as requests need it.
  ///
  /// - Throws: `CompletionsError.address`, in which what may be a secret is left out.
  static func checked(_ text: String) throws -> URL {
    guard let parts = URLComponents(string: text), let url = parts.url,
      ["http", "https"].contains(parts.scheme?.lowercased()), parts.host?.isEmpty == false,
      parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
    else { throw CompletionsError.address(url: withoutSecrets(text)) }
    return url
  }

  /// An address without user name and password, and without what follows its path.
  static func withoutSecrets(_ text: String) -> String {
    let path = text.prefix { !"?#".contains($0) }
    let tail = path.endIndex == text.endIndex ? "" : "\(text[path.endIndex])(hidden)"
    // A password may hold "/" and "?", which end the path above too early: then what is left of "@" is in the tail.
    guard let at = path.lastIndex(of: "@") else {
      return text.contains("@") ? "(hidden)" : path + tail
    }
    return "(user)" + path[at...] + tail
  }
}
#endif
