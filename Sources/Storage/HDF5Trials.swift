internal import CHDF5
internal import Foundation
internal import Synchronization

/// Files that a child process has read without dying of it.
///
/// One changed byte can crash the library, and nothing in the same process can catch that.
enum HDF5Trials {
  /// A file as it was when it was tried.
  private struct Version: Hashable {
    var path: String
    var size: Int
    var changed: Date
  }

  private static let survived = Mutex<Set<Version>>([])

  /// Has a child read a file, unless one did since it last changed.
  ///
  /// - Throws: `HDF5Library.Failure` if the child died of it.
  /// - Complexity: A fork and a walk over the file's objects; small datasets are read.
  static func survive(_ path: String) throws(HDF5Library.Failure) {
    let version = version(path)
    if let version, survived.withLock({ $0.contains(version) }) { return }
    _ = try HDF5Library.call { opd_hdf5_try(path, UInt64(version?.size ?? 0)) }
    guard let version else { return }
    _ = survived.withLock { $0.insert(version) }
  }

  private static func version(_ path: String) -> Version? {
    guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
      let size = facts[.size] as? Int, let changed = facts[.modificationDate] as? Date
    else { return nil }
    return Version(path: path, size: size, changed: changed)
  }
}
