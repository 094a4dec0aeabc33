internal import Distill
internal import Core
internal import Storage

/// Measurements on disk by content: a file each, its name a digest of pool, teacher and what was measured.
///
/// Files are written whole or not at all, so runs may share a folder; one that cannot be read is measured anew.
struct MeasurementFolder: MeasurementStore {
  /// Where files lie.
  let folder: String
  /// A digest of the pool and the frames that are seen of it.
  let pool: String
  /// A digest of everything a teacher's words depend on.
  let teacher: String

  func recall(_ key: String) throws -> MeasuredPool? {
    try? JSONLines.readWhole(path(key))
  }

  func keep(_ measured: MeasuredPool, as key: String) throws {
    try AtomicFile.write(try JSONLines.line(measured) + "\n", to: path(key))
  }

  private func path(_ key: String) -> String {
    "\(folder)/\(ContentHash.of([pool, teacher, key])).json"
  }
}
