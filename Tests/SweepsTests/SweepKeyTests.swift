import Core
import Plugins
import Testing

@testable import Sweeps

@Suite("Every key of a sweep")
struct SweepKeyTests {
  static let values = [
    "0", "-1", "0.5", "1e300", ".inf", ".nan", "\"\"", "abc", "[]", "{}", "null", "true",
    "100000000000", "[-1]", "[.nan]", "[{}]", "{abc: 1}", "{abc: [1]}", "[{where: 1}]",
  ]

  @Test("is read or refused with status 64", arguments: SweepKeys.keys.keys.sorted())
  func nasty(key: String) throws {
    for value in Self.values {
      let base = key == "base" ? "" : "base: {a: 1}\n"
      do {
        _ = try SweepArmsTests().plan("\(base)\(key): \(value)\n")
      } catch let error as any ExplainedError {
        #expect(error.exitStatus == .usage, "\(key): \(value): \(error)")
      }
    }
  }

  @Test("refuses a name that is no text")
  func name() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try SweepArmsTests().plan("base: {a: 1}\nname: 3\n")
    }
    #expect(
      error?.happened.hasSuffix("s.yaml:2: 'name' must be text, but is a whole number (3).")
        == true)
  }
}
