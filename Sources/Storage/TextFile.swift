internal import CHDF5
internal import Foundation

/// Whole files of bytes or text; a file whose name ends in ".gz" is unpacked.
public enum TextFile {
  /// The bytes of a file, unpacked if its name ends in ".gz".
  ///
  /// - Throws: `StorageError.missingFile`, or `.unreadable` if it cannot be opened or is cut short.
  public static func bytes(_ path: String) throws -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw StorageError.missingFile(path: path)
    }
    guard !isFolder.boolValue else {
      throw StorageError.unreadable(path: path, format: "a file", reason: "it is a folder")
    }
    guard !path.hasSuffix(".gz") else { return try unpacked(path) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw StorageError.unreadable(path: path, format: "a file", reason: "it cannot be opened")
    }
    return [UInt8](data)
  }

  /// Whether a path is a folder's.
  ///
  /// - Throws: `StorageError.missingFile` where there is neither folder nor file.
  package static func isFolder(_ path: String) throws -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw StorageError.missingFile(path: path)
    }
    return isFolder.boolValue
  }

  /// The text of a file in UTF-8.
  ///
  /// - Throws: As `bytes(_:)`, and `StorageError.unreadable` if the bytes are not UTF-8.
  public static func text(_ path: String) throws -> String {
    guard let text = String(validating: try bytes(path), as: UTF8.self) else {
      throw StorageError.unreadable(path: path, format: "text", reason: "it is not UTF-8")
    }
    return text
  }

  private static func unpacked(_ path: String) throws -> [UInt8] {
    var buffer: UnsafeMutablePointer<UInt8>?
    let count = opd_gzip_read(path, &buffer)
    guard count >= 0 else {
      let reason = count == -1 ? "it cannot be opened" : "it is damaged or cut short"
      throw StorageError.unreadable(path: path, format: "gzip", reason: reason)
    }
    defer { free(buffer) }
    return Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
  }
}
