internal import CHDF5
internal import Foundation
internal import Core

/// An open HDF5 file: named arrays of numbers in folders, with text attributes.
///
/// Any number of files may be open; all calls of the library go through one lock. The file is closed when the last
/// reference to it goes away.
package final class HDF5File {
  /// Where the file lies.
  package let path: String

  let handle: Int64

  private init(path: String, handle: Int64) {
    self.path = path
    self.handle = handle
  }

  deinit { _ = try? HDF5Library.call { opd_hdf5_close(handle) } }

  /// Opens a file for reading, after a child process has read it and lived.
  ///
  /// - Throws: `StorageError.missingFile`, or `.unreadable` if the file is cut short, damaged or not HDF5.
  package static func open(_ path: String) throws -> HDF5File {
    guard FileManager.default.fileExists(atPath: path) else {
      throw StorageError.missingFile(path: path)
    }
    do {
      try HDF5Trials.survive(path)
      let handle = try HDF5Library.call { opd_hdf5_open(path, Int32(OPD_HDF5_READ)) }
      return HDF5File(path: path, handle: handle)
    } catch {
      throw StorageError.unreadable(path: path, format: "HDF5", reason: error.reason)
    }
  }

  /// Creates a file, in the place of one that may be there.
  ///
  /// A file that is killed while it is written cannot be read; write through `AtomicFile.replace`.
  ///
  /// - Throws: `StorageError.unwritable`.
  package static func create(_ path: String) throws -> HDF5File {
    do {
      let handle = try HDF5Library.call { opd_hdf5_open(path, Int32(OPD_HDF5_CREATE)) }
      return HDF5File(path: path, handle: handle)
    } catch {
      throw StorageError.unwritable(path: path, reason: error.reason)
    }
  }

  /// Hands everything written so far to the system.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func flush() throws {
    _ = try writing { opd_hdf5_flush(handle) }
  }

  /// Whether the file has a dataset or a group with this name.
  package func exists(_ name: String) throws -> Bool {
    try reading(name) { opd_hdf5_exists(handle, name) } == 1
  }

  /// The names of the datasets and groups in a group, in ascending order.
  ///
  /// - Throws: `StorageError.missingDataset` if there is no such group.
  package func names(in group: String = "/") throws -> [String] {
    guard try group == "/" || exists(group) else { throw try missing(group) }
    do {
      return try HDF5Library.strings { opd_hdf5_members(handle, group, $0) }
    } catch {
      throw StorageError.unreadable(path: path, format: "HDF5", reason: "\(group): \(error.reason)")
    }
  }

  /// The extents of a dataset; none for a single number.
  ///
  /// - Throws: `StorageError.missingDataset` if there is no such dataset.
  package func shape(of name: String) throws -> [Int] {
    guard try exists(name) else { throw try missing(name) }
    var extents = [Int64](repeating: 0, count: 32)
    let rank = try reading(name) { opd_hdf5_shape(handle, name, &extents, 32) }
    return extents.prefix(Int(rank)).map { Int($0) }
  }

  /// The text of an attribute of an object, `"/"` being the file itself; the first if it is a list.
  ///
  /// - Throws: `StorageError.missingAttribute` if there is none or it is not text.
  package func attribute(_ name: String, of object: String = "/") throws -> String {
    guard let text = try attributeTexts(name, of: object).first else {
      throw StorageError.missingAttribute(path: path, object: object, name: name)
    }
    return text
  }

  /// The texts of an attribute that is a list.
  ///
  /// - Throws: `StorageError.missingAttribute` if there is none or it is not text.
  package func attributeTexts(_ name: String, of object: String = "/") throws -> [String] {
    do {
      return try HDF5Library.strings { opd_hdf5_read_attribute(handle, object, name, $0) }
    } catch {
      throw StorageError.missingAttribute(path: path, object: object, name: name)
    }
  }

  /// The text attributes of an object by name; attributes of other kinds are left out.
  package func attributes(of object: String = "/") throws -> [String: String] {
    var result: [String: String] = [:]
    let names = try? HDF5Library.strings { opd_hdf5_attributes(handle, object, $0) }
    for name in names ?? [] { result[name] = try? attribute(name, of: object) }
    return result
  }

  /// Writes a text attribute of an object, `"/"` being the file itself.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(attribute name: String, _ text: String, of object: String = "/") throws {
    _ = try writing { opd_hdf5_write_attribute(handle, object, name, text) }
  }

  // MARK: Errors

  func reading<Number: BinaryInteger>(_ name: String, _ body: () -> Number) throws -> Number {
    do {
      return try HDF5Library.call(body)
    } catch {
      throw StorageError.unreadable(path: path, format: "HDF5", reason: "\(name): \(error.reason)")
    }
  }

  func writing<Number: BinaryInteger>(_ body: () -> Number) throws -> Number {
    do {
      return try HDF5Library.call(body)
    } catch {
      throw StorageError.unwritable(path: path, reason: error.reason)
    }
  }

  /// The error for a name that the file lacks, with the most similar one it has in the same group.
  func missing(_ name: String) throws -> StorageError {
    let parts = name.split(separator: "/").map { String($0) }
    let group = "/" + parts.dropLast().joined(separator: "/")
    let siblings = (try? HDF5Library.strings { opd_hdf5_members(handle, group, $0) }) ?? []
    let nearest = parts.last.flatMap { nearestName(to: $0, in: siblings) }
    return .missingDataset(path: path, name: name, nearest: nearest)
  }
}
