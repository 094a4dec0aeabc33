internal import Foundation
internal import Records

extension RunDirectory {
  /// Says what a person should know, once in a run however often it is found.
  func tell(_ notes: [String], _ report: (String) -> Void) throws {
    for line in notes.map({ "note: " + $0 }) where !isLogged(line) {
      report(line)
      // The worker of a sweep keeps what is reported in the same file already.
      if !isLogged(line) { try append([line], to: "log.txt") }
    }
  }

  private func isLogged(_ line: String) -> Bool {
    let log = FileManager.default.contents(atPath: file("log.txt"))
    return log.map { String(decoding: $0, as: UTF8.self).contains(line) } ?? false
  }
}
