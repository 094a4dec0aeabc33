package import Foundation

/// Files that several writers add to, each line where the file then ends.
package enum AppendedFile {
  /// Opens a file to write at its end, wherever that is by then; it is made if need be.
  ///
  /// Writers that open it this way never write over each other, whatever process they are in. A symbolic link is refused: a log in a
  /// shared folder could be a stranger's file.
  ///
  /// - Throws: `StorageError.unwritable`.
  package static func open(_ path: String) throws -> FileHandle {
    let descriptor = Foundation.open(
      path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.unwritable(path) }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Keeps the first `bytes` of such a file.
  ///
  /// - Throws: `StorageError.unwritable`.
  package static func truncate(_ path: String, to bytes: Int) throws {
    let file = try open(path)
    defer { try? file.close() }
    guard ftruncate(file.fileDescriptor, bytes) == 0 else { throw AtomicFile.unwritable(path) }
  }
}
