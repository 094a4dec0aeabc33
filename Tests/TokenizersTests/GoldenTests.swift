import Foundation
import Testing

@testable import Tokenizers

@Suite("Reference values of tokenizers")
struct GoldenTests {
  @Test(
    "are met by every case", .enabled(if: Reference.folder != nil, "no reference values here"))
  func golden() throws {
    let folder = try #require(Reference.folder)
    let smol = try Reference.smol.map { try GGUFMetadata.vocabulary(of: $0) }
    let tiny = try GGUFMetadata.vocabulary(of: folder + "/gguf/llama-F32.gguf")
    let checks = try TokenizerGolden.check(
      folder: folder, smolVocabulary: smol, vocabulary: tiny)
    for check in checks {
      #expect(check.outcome != .failed, "\(check.name): \(check.detail)")
    }
    #expect(checks.count { $0.outcome == .passed } >= (smol == nil ? 28 : 35))
  }
}
