import Foundation
import Storage
import Testing

/// A folder that is removed when the test ends.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "opd-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}

/// What an expression throws, as a `StorageError`.
func storageError(_ body: () throws -> Void) -> StorageError? {
  do {
    try body()
    return nil
  } catch {
    return error as? StorageError
  }
}

/// Keeps only the first bytes of a file.
func cut(_ path: String, to count: Int) throws {
  let data = try Data(contentsOf: URL(fileURLWithPath: path))
  try data.prefix(count).write(to: URL(fileURLWithPath: path))
}
