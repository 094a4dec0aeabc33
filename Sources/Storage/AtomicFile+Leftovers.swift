internal import Foundation

extension AtomicFile {
  /// Removes the temporary files that writers left in a folder when they were killed.
  ///
  /// - Parameters:
  ///   - folder: The folder; what lies deeper is left alone.
  ///   - seconds: How long ago they were last written to, by the clock of the machine that keeps them; 0 where the caller
  ///     alone writes here.
  package static func removeLeftovers(in folder: String, olderThan seconds: Double = 0) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where isTemporary(name) {
      let path = folder + "/" + name
      if seconds > 0, (age(of: path) ?? 0) < seconds { continue }
      unlink(path)
    }
  }

  /// Seconds since a file was last written to or touched; `nil` where there is none.
  ///
  /// Against a file made in the same folder just now: the clock of a file server need not agree with this machine's.
  /// Where nothing can be made, against this machine's.
  package static func age(of path: String) -> Double? {
    guard let then = changed(path) else { return nil }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let probe = folder + "/.clock.\(getpid()).\(unique()).tmp"
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    defer { if descriptor >= 0 { unlink(probe) } }
    if descriptor >= 0 { close(descriptor) }
    let now = (descriptor >= 0 ? changed(probe) : nil) ?? Date()
    return now.timeIntervalSince(then)
  }

  /// Sets the time of a file's last change to now, by the clock of the machine that keeps it.
  package static func touch(_ path: String) { utimensat(AT_FDCWD, path, nil, 0) }

  private static func changed(_ path: String) -> Date? {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    return facts?[.modificationDate] as? Date
  }

  /// Whether a name is one that `replace` writes to: `.NAME.PROCESS.RANDOM.tmp`.
  private static func isTemporary(_ name: String) -> Bool {
    guard name.hasPrefix("."), name.hasSuffix(".tmp") else { return false }
    let parts = name.split(separator: ".")
    return parts.count >= 4 && Int32(parts[parts.count - 3]) != nil
  }
}
