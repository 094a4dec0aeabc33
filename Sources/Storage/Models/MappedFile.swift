internal import Foundation

/// The bytes of a file, mapped read-only: pages come from the disk as they are touched and cost no memory of the program.
///
/// Every access is checked against the length the file had when it was opened. A file must not be made shorter while it is
/// mapped: the system ends a program that touches pages which are no longer there.
package final class MappedFile: Sendable {
  /// Where the file lies; a name for bytes that come from memory.
  package let path: String

  /// How many bytes there are.
  package let count: Int

  // The address as a number: pointers are not Sendable, and nothing writes through this one.
  private let address: UInt
  private let isMapped: Bool

  /// Maps a file.
  ///
  /// - Throws: `StorageError.missingFile`, or `.unreadable` for a folder and for what cannot be opened or mapped.
  package init(_ path: String) throws {
    func refuse(_ reason: String) -> StorageError {
      .unreadable(path: path, format: "a file", reason: reason)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .missingFile(path: path) : refuse(String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw refuse("it is not a regular file")
    }
    self.path = path
    count = Int(status.st_size)
    isMapped = count > 0
    guard count > 0 else {
      address = 0
      return
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw refuse("it cannot be mapped into memory") }
    address = UInt(bitPattern: start)
  }

  /// Bytes in memory under a file's name.
  package init(_ bytes: [UInt8], named name: String) {
    path = name
    count = bytes.count
    isMapped = false
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 64)
    memory.copyBytes(from: bytes)
    address = UInt(bitPattern: memory.baseAddress)
  }

  deinit {
    guard let start = UnsafeMutableRawPointer(bitPattern: address) else { return }
    if isMapped { munmap(start, count) } else { start.deallocate() }
  }

  /// Lends some bytes.
  ///
  /// - Precondition: `range` lies within the file.
  func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "Bytes \(range) were asked of \(count) in '\(path)'.")
    let start = UnsafeRawPointer(bitPattern: address)
    return try body(
      UnsafeRawBufferPointer(start: start.map { $0 + range.lowerBound }, count: range.count))
  }

  /// Copies some bytes.
  ///
  /// - Precondition: `range` lies within the file.
  package func bytes(_ range: Range<Int>) -> [UInt8] { withBytes(range) { Array($0) } }

  /// Tells the system that pages inside `range` will not be needed soon.
  ///
  /// Touched pages of a mapped file count as the program's memory until the system takes them back; a loader that has
  /// widened a tensor calls this so that its peak is the weights and not weights plus file.
  package func forget(_ range: Range<Int>) {
    guard isMapped else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (range.lowerBound + page - 1) / page * page
    let last = min(range.upperBound, count) / page * page
    guard last > first, let start = UnsafeMutableRawPointer(bitPattern: address) else { return }
    madvise(start + first, last - first, MADV_DONTNEED)
  }
}
