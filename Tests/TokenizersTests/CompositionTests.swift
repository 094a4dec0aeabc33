import Foundation
import Testing

@testable import Tokenizers

@Suite("Composed form of text")
struct CompositionTests {
  private func composed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return String(decoding: CanonicalComposition.composed(bytes[...]) ?? bytes, as: UTF8.self)
  }

  private func expect(_ text: String, becomes expected: String) {
    #expect(composed(text).utf8.elementsEqual(expected.utf8), "\(text.debugDescription)")
  }

  @Test("joins letters and marks, and syllables of their parts")
  func joins() {
    expect("e\u{301} E\u{323}\u{302} \u{3B1}\u{313}\u{300}\u{345}", becomes: "é \u{1EC6} \u{1F82}")
    expect("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", becomes: "한글")
    expect("\u{AC00}\u{11A8}", becomes: "각")
    expect("\u{212B} \u{2126}", becomes: "\u{C5} \u{3A9}")
  }

  @Test("orders marks by class, and leaves those of one class as they came")
  func orders() {
    expect("q\u{307}\u{323}", becomes: "q\u{323}\u{307}")
    expect("q\u{301}\u{300}", becomes: "q\u{301}\u{300}")
    expect("a\u{308}\u{301}\u{323}", becomes: "\u{1EA1}\u{308}\u{301}")
  }

  @Test("takes apart what Unicode excludes from composition")
  func exclusions() {
    expect("\u{958} \u{FB1D}", becomes: "\u{915}\u{93C} \u{5D9}\u{5B4}")
    expect("\u{1D15E}", becomes: "\u{1D157}\u{1D165}")
  }

  @Test("does not take a letter of another plane, or an old consonant, for the one below it")
  func planes() {
    expect("\u{10041}\u{301}", becomes: "\u{10041}\u{301}")
    expect("\u{1113}\u{1161}", becomes: "\u{1113}\u{1161}")
  }

  @Test("leaves characters newer than its tables where they are")
  func newer() {
    expect("a\u{7FD}\u{5B4}", becomes: "a\u{7FD}\u{5B4}")
  }

  @Test("is its own composed form, and has the same decomposed form", arguments: 0..<10)
  func laws(seed: UInt64) {
    let text = RandomText.make(seed, parts: 300)
    let once = composed(text)
    expect(once, becomes: composed(once))
    // Old letters with marks that composing does not move.
    let old = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value < 0x370 }))
    #expect(
      composed(old).utf8.elementsEqual(old.precomposedStringWithCanonicalMapping.utf8))
  }
}
