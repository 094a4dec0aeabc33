internal import Foundation
internal import Records

extension RunDirectory {
  /// Says what a person should know, once in a run however often it is found; what is reported is logged.
  func tell(_ notes: [String], _ report: (RunNews) -> Void) {
    for line in notes.map({ "note: " + $0 }) where !isLogged(line) { report(.happened(line)) }
  }

  private func isLogged(_ line: String) -> Bool {
    let log = FileManager.default.contents(atPath: file("log.txt"))
    return log.map { String(decoding: $0, as: UTF8.self).contains(line) } ?? false
  }
}
