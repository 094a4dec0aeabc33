internal import Foundation

/// Files that are either there whole or not there at all.
///
/// The new content goes to a temporary name beside the file, is flushed to the disk and renamed into place, and the
/// folder is flushed too: a crash at any moment leaves the old file or the new one.
package enum AtomicFile {
  /// Replaces a file with what is written to a temporary path.
  ///
  /// Folders on the way are made.
  ///
  /// - Parameters:
  ///   - path: The file to be.
  ///   - body: Writes a file at the path it is given, and closes it.
  /// - Throws: What `body` throws, or `StorageError.unwritable`; the temporary file is then removed.
  package static func replace(_ path: String, _ body: (String) throws -> Void) throws {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    try makeFolder(folder)
    let temporary = folder + "/.\(url.lastPathComponent).\(getpid()).\(unique()).tmp"
    do {
      try body(temporary)
      try flush(temporary, path)
      guard rename(temporary, path) == 0 else { throw unwritable(path) }
      try flush(folder, path)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Replaces a file with bytes.
  ///
  /// - Throws: `StorageError.unwritable`.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    try replace(path) { temporary in
      do {
        try Data(bytes).write(to: URL(fileURLWithPath: temporary))
      } catch {
        throw StorageError.unwritable(path: path, because: error)
      }
    }
  }

  /// Replaces a file with text in UTF-8.
  ///
  /// - Throws: `StorageError.unwritable`.
  package static func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
  }

  /// Makes a folder and those on the way to it.
  ///
  /// - Throws: `StorageError.unwritable`.
  package static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw StorageError.unwritable(path: path, reason: "the folder cannot be made")
    }
  }

  /// Waits until what was written to a file is on the disk.
  ///
  /// - Throws: `StorageError.unwritable`.
  package static func flush(_ path: String) throws { try flush(path, path) }

  /// Waits until a file or folder is on the disk.
  private static func flush(_ path: String, _ target: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unwritable(target) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw unwritable(target) }
  }

  static func unwritable(_ path: String) -> StorageError {
    let isLink = errno == ELOOP
    return .unwritable(
      path: path,
      reason: isLink
        ? "it is a symbolic link, which is not followed" : String(cString: strerror(errno)))
  }

  static func unique() -> String {
    String(UInt64.random(in: .min ... .max), radix: 36)
  }
}
