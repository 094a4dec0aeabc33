import Core
import Testing

@Suite("A vocabulary as a tokenizer")
struct VocabularyTokenizerTests {
  private let words = Vocabulary(words: ["re", "red", "A", " ", "<end>"], end: "<end>")

  @Test("takes the longest words, and reads back what it wrote")
  func longest() throws {
    #expect(try words.encode("redreA A") == [1, 0, 2, 3, 2])
    #expect(words.decode(try words.encode("redreA A")) == "redreA A")
    let dense = Vocabulary(words: ["red", "A", "<end>"], end: "<end>")
    #expect(try dense.encode("A  red\n") == [1, 0])
    #expect(dense.ends == [2])
  }

  @Test("says which part of a text it cannot write")
  func unwritable() {
    let error = #expect(throws: VocabularyError.self) { try words.encode("red blue") }
    #expect(
      error?.description
        == "'red blue' cannot be written: no word of the vocabulary begins 'blue'. "
        + "Make the vocabulary of the words of this data.")
  }
}

@Suite("Metric names")
struct MetricNameTests {
  @Test("have a title, and definitions with @k and * define them")
  func definitions() {
    #expect(MetricName("eval/accuracy").title == "accuracy")
    let mass = MetricDefinition("mass@k", "1", .higher, per: .tokens, "a mass")
    #expect(mass.defines("mass@16") && !mass.defines("mass@") && !mass.defines("mass@x"))
    let ledger = MetricDefinition("ledger/*", "1", .lower, per: .total, "a part")
    #expect(ledger.defines("ledger/flops") && !ledger.defines("ledger"))
  }
}

@Suite("The consensus of answers")
struct AnswerTaskDefaultsTests {
  private struct Same: AnswerTask {
    let name = "same"
    let maximumLength = 1
    let headline = MetricName("eval/same")
    let metrics: [MetricDefinition] = []
    func write(_: any Answer, to _: Prompt, with _: any Tokenizer) throws -> [Token] { [] }
    func read(_: [Token], to _: Prompt, with _: any Tokenizer) -> (any Answer)? { nil }
    func agreement(_ first: any Answer, _ second: any Answer) -> Double {
      first.isEqual(to: second) ? 1 : 0
    }
    func outcomes(_: [(any Answer)?], to _: [Prompt]) -> [Outcome] { [] }
    func summary(_: [Outcome]) -> [MetricName: Double] { [:] }
  }

  @Test("is what most of them say, the first of equals")
  func consensus() {
    let (a, b) = (Interval(0, 1), Interval(1, 2))
    #expect(Same().consensus(of: [a, b, nil, b])?.isEqual(to: b) == true)
    #expect(Same().consensus(of: [a, b])?.isEqual(to: a) == true)
    #expect(Same().consensus(of: [nil]) == nil)
  }
}

@Suite("The worst of some errors")
struct WorstErrorTests {
  @Test("is infinite where one is no number, wherever it stands")
  func notANumber() {
    #expect(WorstError.of([0.1, 0.3, 0.2]) == 0.3)
    #expect(WorstError.of([]) == 0)
    #expect(WorstError.of([.nan, 0.3]) == .infinity)
    #expect(largestError(0.3, .nan, 0.1) == .infinity)
  }
}
