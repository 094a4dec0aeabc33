internal import Foundation

/// A lock on a file that ends with its owner, however that ends, on every machine that shares the folder.
package struct FileLock {
  private let path: String
  private let handle: FileHandle

  /// Waits for the lock; the file is made if need be.
  ///
  /// - Throws: `StorageError.unwritable`.
  package init(_ path: String) throws {
    self.path = path
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw AtomicFile.unwritable(path) }
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      while flock(descriptor, LOCK_EX) != 0 {
        guard errno == EINTR else { throw AtomicFile.unwritable(path) }
      }
      // Whoever had it before may have removed the file: a lock on it would be nobody else's.
      if Self.isStill(descriptor, at: path) {
        self.handle = handle
        return
      }
    }
  }

  /// Gives the lock back, and leaves no file behind.
  package func unlock() {
    unlink(path)
    try? handle.close()
  }

  private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
    var own = stat()
    var present = stat()
    guard fstat(descriptor, &own) == 0, stat(path, &present) == 0 else { return false }
    return own.st_ino == present.st_ino && own.st_dev == present.st_dev
  }
}
