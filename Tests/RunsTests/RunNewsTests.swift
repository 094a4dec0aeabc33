import Testing

@testable import Records
@testable import Runs

@Suite("News of a run")
struct RunNewsTests {
  private func note(_ values: [String: Double]) -> String {
    StepNews(stage: "opd", step: 1, total: 2, values: values, tokensPerSecond: 0).note
  }

  @Test("show rounding noise as 0, and small numbers as they are")
  func noise() {
    #expect(note(["loss": -1.73e-18, "reward": 0]) == "opd · loss 0 · reward 0")
    #expect(note(["loss": -2.5e-9]) == "opd · loss -2.5e-09")
  }
}

@Suite("Numbers for people")
struct QuantityTests {
  @Test("have no sign where they are rounding noise")
  func noise() {
    #expect(Quantity.metric(-1e-17) == "0.000" && Quantity.signed(-1e-17) == "+0.000")
    #expect(Quantity.signed(-0.0004) == "−0.000" && Quantity.signed(-0.25) == "−0.250")
  }
}
