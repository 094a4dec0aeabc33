import Foundation
import Storage
import Testing

@testable import Tokenizers

@Suite("Reference values of tokenizers")
struct GoldenTests {
  private static func vocabulary(of path: String) throws -> GGUFVocabulary {
    try GGUFVocabulary(metadata: GGUFFile(path).metadata, source: path)
  }

  @Test(
    "are met by every case", .enabled(if: Reference.folder != nil, "no reference values here"))
  func golden() throws {
    let folder = try #require(Reference.folder)
    let smol = try Reference.smol.map { try Self.vocabulary(of: $0) }
    let tiny = try Self.vocabulary(of: folder + "/gguf/llama-F32.gguf")
    let checks = try TokenizerGolden.check(
      folder: folder, smolVocabulary: smol, vocabulary: tiny)
    for check in checks {
      #expect(check.outcome != .failed, "\(check.name): \(check.detail)")
    }
    #expect(checks.count { $0.outcome == .passed } >= (smol == nil ? 28 : 35))
  }
}
