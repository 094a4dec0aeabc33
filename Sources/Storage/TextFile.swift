internal import CHDF5
internal import Foundation

/// Whole files of bytes or text; a file whose name ends in ".gz" is unpacked.
package enum TextFile {
  /// The bytes of a file, unpacked if its name ends in ".gz".
  ///
  /// - Throws: `StorageError.missingFile`, or `.unreadable` if it cannot be opened or is cut short.
  package static func bytes(_ path: String) throws -> [UInt8] {
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
  package static func text(_ path: String) throws -> String {
    let bytes = try bytes(path)
    guard let text = String(validating: bytes[start(of: bytes)...], as: UTF8.self) else {
      throw StorageError.unreadable(path: path, format: "text", reason: "it is not UTF-8")
    }
    return text
  }

  /// The lines of a file in UTF-8, empty ones too, whether they end with a line feed, a carriage return or both.
  ///
  /// - Throws: As `text(_:)`.
  package static func lines(_ path: String) throws -> [Substring] {
    // "\r\n" is one Character.
    try text(path).split(omittingEmptySubsequences: false) {
      $0 == "\n" || $0 == "\r\n" || $0 == "\r"
    }
  }

  /// Where a text begins: after the mark that some editors put before UTF-8.
  static func start(of bytes: [UInt8]) -> Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

  private static func unpacked(_ path: String) throws -> [UInt8] {
    var buffer: UnsafeMutablePointer<UInt8>?
    let count = opd_gzip_read(path, &buffer)
    guard count >= 0 else {
      let reason =
        switch count {
        case -1: "it cannot be opened"
        case -3: "it unpacks to 2 GiB or more"
        default: "it is damaged or cut short"
        }
      throw StorageError.unreadable(path: path, format: "gzip", reason: reason)
    }
    defer { free(buffer) }
    return Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
  }
}
