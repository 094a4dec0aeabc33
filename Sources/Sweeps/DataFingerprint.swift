internal import Core
internal import Foundation

/// What tells quickly that data changed: names, sizes and the ends of every file.
///
/// Each run hashes all it reads; this is for the moment at which a sweep is taken up again.
enum DataFingerprint {
  /// The digest of a file or of everything in a folder.
  static func of(_ path: String) -> String {
    var hash = ContentHash()
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    for name in names.isEmpty ? [""] : names.sorted() {
      hash.append(name)
      guard let file = FileHandle(forReadingAtPath: name.isEmpty ? path : path + "/" + name) else {
        continue
      }
      defer { try? file.close() }
      guard let size = try? file.seekToEnd() else { continue }
      hash.append(integer: Int(size))
      for place in [0, size > 4096 ? size - 4096 : 0] {
        try? file.seek(toOffset: place)
        hash.append(bytes: (try? file.read(upToCount: 4096)) ?? Data())
      }
    }
    return hash.hexadecimal()
  }
}
