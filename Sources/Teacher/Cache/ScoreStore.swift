import Foundation
import Core

/// Scores on disk by key: a folder of append-only files of one JSON line a score.
///
/// Each process appends to a file of its own and reads everybody's when it starts, so runs that share a folder never write
/// over each other. A line that cannot be read, such as one cut short when a process was killed, is a miss.
actor ScoreStore {
  private struct Line: Codable {
    var key: String
    var score: WireScore
    /// A digest of both: a changed digit is as good a number as any.
    var check: String

    init(_ key: String, _ score: WireScore) {
      self.key = key
      self.score = score
      check = Self.check(key, score)
    }

    var isSound: Bool { check == Self.check(key, score) }

    private static func check(_ key: String, _ score: WireScore) -> String {
      var hash = ContentHash()
      for part in [
        key, score.sampled, score.topTokens ?? "-", score.topLogProbabilities ?? "-",
        score.rows ?? "-", "\(score.k ?? -1)", "\(score.vocabulary ?? -1)",
      ] {
        hash.append(part)
      }
      return String(hash.hexadecimal().prefix(16))
    }
  }

  private let folder: URL
  private var scores: [String: WireScore] = [:]
  private var file: FileHandle?
  private(set) var unreadable = 0

  /// Opens a folder, creating it if need be.
  init(folder: URL) throws {
    self.folder = folder
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      let files = names.filter { $0.hasPrefix("scores-") && $0.hasSuffix(".jsonl") }.sorted()
      for name in files {
        let data = try Data(contentsOf: folder.appendingPathComponent(name))
        for line in data.split(separator: UInt8(ascii: "\n")) {
          guard let read = try? JSONDecoder().decode(Line.self, from: line), read.isSound else {
            unreadable += 1
            continue
          }
          scores[read.key] = read.score
        }
      }
    } catch {
      throw TeacherError.cacheFolder(
        path: folder.path, reason: "the folder cannot be made, or what is in it cannot be read")
    }
  }

  /// The scores known under some keys.
  func scores(for keys: [String]) -> [WireScore?] { keys.map { scores[$0] } }

  /// Keeps new scores; they are on disk when this returns.
  func keep(_ new: [(key: String, score: WireScore)]) throws {
    guard !new.isEmpty else { return }
    var text = Data()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for (key, score) in new {
      scores[key] = score
      text.append(try encoder.encode(Line(key, score)))
      text.append(UInt8(ascii: "\n"))
    }
    do {
      try openedFile().write(contentsOf: text)
    } catch {
      throw TeacherError.cacheFolder(
        path: folder.path, reason: "its file cannot be written, as on a full disk")
    }
  }

  private func openedFile() throws -> FileHandle {
    if let file { return file }
    let url = folder.appendingPathComponent("scores-\(UUID().uuidString).jsonl")
    try Data().write(to: url, options: .withoutOverwriting)
    let opened = try FileHandle(forWritingTo: url)
    file = opened
    return opened
  }
}
