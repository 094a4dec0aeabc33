import Foundation
import Testing

@testable import OPDCommands

@Suite("opd clips")
struct ClipsCommandTests {
  private func said(_ arguments: [String]) async -> (status: Int32, errors: String) {
    let outcome = await OPDCommand.perform(["clips"] + arguments)
    return (outcome.status, outcome.errors)
  }

  @Test("a word that is misspelt is a usage error with the nearest one, before anything is read")
  func misspelt() async {
    let scenes = await said(["build", "/", "--out", "/nowhere/x", "--scenes", "featurs"])
    #expect(scenes.status == 64 && scenes.errors.contains("Did you mean 'features'?"))
    let source = await said(["build", "/", "--out", "/nowhere/x", "--relevance", "saliensy"])
    #expect(source.status == 64 && source.errors.contains("Did you mean 'saliency'?"))
    let part = await said(["measure", "/", "--part", "def"])
    #expect(part.status == 64 && part.errors.contains("Did you mean 'dev'?"))
  }

  @Test("thresholds that contradict each other are a usage error")
  func thresholds() async {
    let order = await said(["build", "/", "--out", "/x", "--first", "2", "--second", "3"])
    #expect(order.status == 64 && order.errors.contains("'--second' is 3.0, above '--first'"))
    let range = await said(["measure", "/", "--first", "6"])
    #expect(range.status == 64 && range.errors.contains("'--first' is 6.0"))
  }
}
