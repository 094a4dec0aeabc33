import Foundation
import Tasks
import Core
import Testing

/// Where the real data lies, or `nil` where it is absent: `OPD_DATA`, or `shared/data` beside the package.
let realData: String? = {
  let environment = ProcessInfo.processInfo.environment["OPD_DATA"]
  let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let folder = environment ?? package.appendingPathComponent("../shared/data").standardized.path
  return FileManager.default.fileExists(atPath: folder) ? folder : nil
}()

/// For tests that need the real data.
let needsRealData: ConditionTrait = .enabled(
  if: realData != nil, "There is no real data: set OPD_DATA to its folder.")

/// A path within the real data.
func real(_ name: String) throws -> String { try #require(realData) + "/" + name }

/// A folder that is removed when the test ends.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "opd-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }
}
