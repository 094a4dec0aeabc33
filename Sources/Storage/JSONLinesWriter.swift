internal import Foundation

/// Appends values to a file, one JSON line each; there must be one writer at a time.
///
/// A line is handed to the system in one piece, so a killed process leaves at most one torn line, at the end; the next
/// writer removes it.
package final class JSONLinesWriter {
  /// Where the file lies.
  package let path: String

  private let descriptor: Int32

  /// Opens a file for appending, or creates it; a last line without a line feed is removed.
  ///
  /// - Throws: `StorageError.unwritable`.
  package init(_ path: String) throws {
    try AtomicFile.makeFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.unwritable(path) }
    self.path = path
    self.descriptor = descriptor
    guard ftruncate(descriptor, Self.endOfLastLine(descriptor)) == 0 else {
      throw AtomicFile.unwritable(path)
    }
  }

  deinit { close(descriptor) }

  /// Appends a value as one line with sorted keys.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func append(_ value: some Encodable) throws {
    try append(line: try JSONLines.line(value))
  }

  /// Appends a line that is JSON already.
  ///
  /// - Precondition: `line` has no line feed.
  /// - Throws: `StorageError.unwritable`.
  package func append(line: String) throws {
    var bytes = Array(line.utf8)
    precondition(!bytes.contains(JSONLines.newline), "One value a line.")
    bytes.append(JSONLines.newline)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw AtomicFile.unwritable(path) }
      written += count
    }
  }

  /// Waits until everything appended is on the disk.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func synchronize() throws {
    guard fsync(descriptor) == 0 else { throw AtomicFile.unwritable(path) }
  }

  /// Just behind the last line feed, read backwards in blocks.
  private static func endOfLastLine(_ descriptor: Int32) -> off_t {
    var end = lseek(descriptor, 0, SEEK_END)
    var block = [UInt8](repeating: 0, count: 4096)
    while end > 0 {
      let start = max(0, end - off_t(block.count))
      let count = pread(descriptor, &block, Int(end - start), start)
      if let last = block.prefix(max(0, count)).lastIndex(of: JSONLines.newline) {
        return start + off_t(last) + 1
      }
      end = start
    }
    return 0
  }
}
