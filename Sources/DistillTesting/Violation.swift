public import Testing

/// A law that a plug-in breaks.
public struct Violation: Sendable, Hashable, CustomStringConvertible {
  /// What should hold, as a sentence.
  public var law: String

  /// Where it does not.
  public var finding: String

  /// A law that a plug-in breaks.
  public init(law: String, finding: String) {
    self.law = law
    self.finding = finding
  }

  /// Law and finding.
  public var description: String { "\(law) But: \(finding)" }
}

/// Laws that are being checked, with the violations found so far.
struct Lawbook {
  private(set) var violations: [Violation] = []

  /// Notes a violation unless `holds`; of many violations of one law only the first is kept.
  mutating func expect(_ holds: Bool, _ law: String, _ finding: String) {
    guard !holds, !violations.contains(where: { $0.law == law }) else { return }
    violations.append(Violation(law: law, finding: finding))
  }

  /// The result of something that must not fail; a failure is a violation.
  mutating func attempt<Result>(_ law: String, _ body: () throws -> Result) -> Result? {
    do {
      return try body()
    } catch {
      expect(false, law, "it throws: \(error)")
      return nil
    }
  }

  /// The result of something that must not fail; a failure is a violation.
  mutating func attempt<Result>(
    _ law: String, _ body: () async throws -> Result
  ) async -> Result? {
    do {
      return try await body()
    } catch {
      expect(false, law, "it throws: \(error)")
      return nil
    }
  }

  /// Notes a violation unless `body` throws.
  mutating func expectRefusal(_ law: String, _ body: () throws -> Void) {
    do {
      try body()
      expect(false, law, "it was accepted")
    } catch {}
  }

  /// Notes a violation unless `body` throws.
  mutating func expectRefusal(_ law: String, _ body: () async throws -> Void) async {
    do {
      try await body()
      expect(false, law, "it was accepted")
    } catch {}
  }
}

extension [Violation] {
  /// Makes an issue of the running test of each violation.
  public func record(sourceLocation: SourceLocation = #_sourceLocation) {
    for violation in self {
      Issue.record("\(violation)", sourceLocation: sourceLocation)
    }
  }
}

/// Whether two lists agree within a tolerance; with 0, bit for bit.
func agree(_ first: [Float], _ second: [Float], within tolerance: Double) -> Bool {
  first.count == second.count
    && zip(first, second).allSatisfy { one, other in
      one.bitPattern == other.bitPattern || abs(Double(one) - Double(other)) <= tolerance
    }
}
