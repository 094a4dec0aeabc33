#if Engines
import Foundation
import Testing

@testable import Engines

/// Where a server of `scripts/engine.sh` runs, if one does: OPD_ENGINE_URL, and OPD_ENGINE_BASE, its base model.
private let server = ProcessInfo.processInfo.environment["OPD_ENGINE_URL"]
private let base = ProcessInfo.processInfo.environment["OPD_ENGINE_BASE"] ?? ""

@Suite(
  "A real training server", .serialized,
  .enabled(if: server != nil, "needs OPD_ENGINE_URL and OPD_ENGINE_BASE; see scripts/engine.sh"))
struct RealServerTests {
  private var parameters: TinkerParameters {
    var parameters = TinkerParameters(url: server ?? "", base: base)
    parameters.rank = 8
    parameters.attempts = 3
    return parameters
  }

  @Test("is measured")
  func probe() async throws {
    let report = try await StudentProbe.report(on: parameters)
    print(report.text)
    #expect(report.passed)
  }
}
#endif
