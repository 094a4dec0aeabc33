internal import Foundation
internal import Core

/// What can be wrong with a file.
package enum StorageError: ExplainedError, Hashable {
  /// There is no file with this path.
  case missingFile(path: String)
  /// The file cannot be read as what it should be.
  case unreadable(path: String, format: String, reason: String)
  /// The file is whole and of the right kind, but what it says cannot be used.
  case unusable(path: String, reason: String)
  /// The file lacks a dataset.
  case missingDataset(path: String, name: String, nearest: String?)
  /// A dataset holds something else than was asked for.
  case wrongKind(path: String, name: String, expected: String)
  /// A dataset is packed in a way that cannot be unpacked here.
  case packed(path: String, name: String, filter: String)
  /// An attribute is not the number that it should be.
  case wrongAttribute(path: String, object: String, name: String, found: String)
  /// An attribute is absent or not text.
  case missingAttribute(path: String, object: String, name: String)
  /// Lines are not what they should be: how many, and the first of them.
  case malformedLines(path: String, count: Int, first: [MalformedLine])
  /// Something could not be written.
  case unwritable(path: String, reason: String)
  /// Something would be written over.
  case alreadyThere(path: String)

  /// Something could not be written, for the system's reason without its full stop.
  package static func unwritable(path: String, because error: any Error) -> StorageError {
    let reason = reason(of: error as NSError)
    return .unwritable(
      path: path, reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason)
  }

  /// The system's reason: Foundation on Linux has often no more than a number for it, and the system's error below.
  private static func reason(of error: NSError) -> String {
    let below = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    if below.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(below.code))) }
    if let reason = error.localizedFailureReason { return reason }
    guard error.domain == NSCocoaErrorDomain else { return error.localizedDescription }
    return "the system refuses it, with code \(error.code)"
  }

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .missingFile(let path): "There is no file '\(path)'."
    case .unreadable(let path, let format, let reason):
      "'\(path)' cannot be read as \(format): \(reason)."
    case .unusable(let path, let reason): "'\(path)' cannot be used: \(reason)."
    case .missingDataset(let path, let name, _): "'\(path)' has no dataset '\(name)'."
    case .wrongKind(let path, let name, let expected):
      "The dataset '\(name)' of '\(path)' does not hold \(expected)."
    case .packed(let path, let name, let filter):
      "The dataset '\(name)' of '\(path)' is packed with \(filter), which cannot be unpacked here."
    case .wrongAttribute(let path, let object, let name, let found):
      """
      The attribute '\(name)' of '\(object)' of '\(path)' is \(found), not a number that can be \
      used.
      """
    case .missingAttribute(let path, let object, let name):
      "'\(object)' of '\(path)' has no text attribute '\(name)'."
    case .malformedLines(let path, 1, let first):
      "Line \(first[0].line) of '\(path)' cannot be used: \(first[0].reason)."
    case .malformedLines(let path, let count, let first):
      "\(count) lines of '\(path)' cannot be used: \(Self.list(first, of: count))."
    case .unwritable(let path, let reason): "'\(path)' cannot be written: \(reason)."
    case .alreadyThere(let path): "There is a file '\(path)' already."
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .missingFile: "Check the path, or fetch the data first."
    case .unreadable: "It may be cut short or of another kind; fetch or write it again."
    case .unusable: "Correct it, or write it again."
    case .missingDataset(_, _, let nearest?): "Did you mean '\(nearest)'?"
    case .missingDataset: "Check that this is the file you meant; `h5ls -r` lists what it holds."
    case .wrongKind: "Check that this is the file you meant; `h5ls -r` lists what it holds."
    case .packed: "Write it again with gzip, as `h5repack -f GZIP=4 OLD NEW` does."
    case .wrongAttribute: "Correct it, or write the file again with the right number."
    case .missingAttribute: "Write the file again with the program that made it."
    case .malformedLines(_, let count, _):
      "Correct the line\(count > 1 ? "s" : "") or remove \(count > 1 ? "them" : "it")."
    case .unwritable: "Check that the folder exists, may be written to and has space left."
    case .alreadyThere: "Choose another place, or remove it first."
    }
  }
}

/// A line that cannot be used.
package struct MalformedLine: Sendable, Hashable {
  /// Its number, from 1.
  package var line: Int
  /// What is wrong with it, the end of a sentence.
  package var reason: String

  /// A line and what is wrong with it.
  package init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }
}

extension StorageError {
  /// How many lines a sentence names.
  static let listed = 10

  private static func list(_ first: [MalformedLine], of count: Int) -> String {
    let rest = count > first.count ? ["and \(count - first.count) more"] : []
    return (first.map { "line \($0.line), \($0.reason)" } + rest).joined(separator: "; ")
  }
}

/// What is wrong with the lines of a file, gathered so that one error names all of them.
package struct LineFaults: Sendable {
  private var count = 0
  private var first: [MalformedLine] = []

  /// None yet.
  package init() {}

  /// Notes one, in the order of the file.
  package mutating func note(_ line: Int, _ reason: String) {
    count += 1
    if first.count < StorageError.listed { first.append(MalformedLine(line: line, reason: reason)) }
  }

  /// Refuses the file if there is any.
  ///
  /// - Throws: `StorageError.malformedLines`.
  package func refuse(_ path: String) throws {
    guard count == 0 else {
      throw StorageError.malformedLines(path: path, count: count, first: first)
    }
  }
}
