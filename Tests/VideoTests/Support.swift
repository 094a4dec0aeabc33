import Foundation

/// A folder named by an environment variable, or found beside the package; `nil` where there is none.
func folder(_ variable: String, beside path: String) -> URL? {
  let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let candidates = [
    ProcessInfo.processInfo.environment[variable].map { URL(filePath: $0) },
    package.deletingLastPathComponent().appending(path: path),
  ]
  return candidates.compactMap { $0 }.first {
    FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
  }
}

/// Real data, which is not part of the project.
let dataFolder = folder("OPD_DATA", beside: "shared/data")

/// Both sentences of the error that a piece of work throws.
func message(_ work: () async throws -> Void) async -> String {
  do {
    try await work()
    return "(no error)"
  } catch {
    return "\(error)"
  }
}

/// A value with a change.
func with<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
  var copy = value
  change(&copy)
  return copy
}
