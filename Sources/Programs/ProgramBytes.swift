package import Foundation
internal import Subprocess

/// What a running program writes to its output, as it comes.
package struct ProgramBytes {
  private var source: SubprocessOutputSequence.Iterator
  private var chunk = Data()

  init(_ output: SubprocessOutputSequence) { source = output.makeAsyncIterator() }

  /// What has come since the last time; `nil` at the end.
  ///
  /// - Throws: What the system says of the pipe.
  package mutating func next() async throws -> Data? {
    guard chunk.isEmpty else {
      defer { chunk = Data() }
      return chunk
    }
    return try await source.next().map { Data(buffer: $0) }
  }

  /// The next bytes, as many as are asked for; `nil` where the output ends before.
  ///
  /// - Throws: What the system says of the pipe.
  package mutating func exactly(_ count: Int) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      guard let data = try await next() else { return nil }
      let taken = data.prefix(count - bytes.count)
      bytes.append(contentsOf: taken)
      chunk = data.dropFirst(taken.count)
    }
    return bytes
  }
}

/// All that a program has written.
package struct ProgramOutput: Sendable {
  /// How it ended.
  package let end: ProgramEnd
  /// What it wrote to its output.
  package let bytes: Data
  /// The last line that it wrote to its error output; empty where it wrote none.
  package let lastError: String

  /// Its output as text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }
}
