import Foundation
import Testing

@testable import OPDCommands

@Suite("opd keyframes and opd compare-keyframes")
struct KeyframesCommandTests {
  private func errors(_ arguments: [String]) async -> (status: Int32, errors: String) {
    let outcome = await OPDCommand.perform(arguments)
    return (outcome.status, outcome.errors)
  }

  @Test("a path that is not there is bad input, with the path")
  func missing() async {
    let said = await errors(["keyframes", "/nowhere/a.mp4"])
    #expect(said.status == 2)
    #expect(
      said.errors
        == "error: There is no file or folder '/nowhere/a.mp4'. Check the path.\n")
  }

  @Test("a selector or a format that is misspelt is a usage error with the nearest name")
  func misspelt() async {
    let selector = await errors(["keyframes", "/", "--selector", "unifrom"])
    #expect(selector.status == 64)
    #expect(
      selector.errors.contains("there is no selector named 'unifrom'. Did you mean 'uniform'?"))
    let parameter = await errors(["keyframes", "/", "--selector", "{tad: {omga: 3}}"])
    #expect(parameter.status == 64 && parameter.errors.contains("Did you mean 'omega'?"))
    let format = await errors(["keyframes", "/", "--format", "jason"])
    #expect(format.status == 64 && format.errors.contains("Did you mean 'json'?"))
  }

  @Test("a budget and a ratio at once, and a budget of 0, are usage errors")
  func counts() async {
    let both = await errors(["keyframes", "/", "--budget", "3", "--ratio", "0.5"])
    #expect(both.status == 64 && both.errors.contains("Give --budget or --ratio, not both."))
    let none = await errors(["keyframes", "/", "--budget", "0"])
    #expect(
      none.status == 64
        && none.errors.contains("'--budget' is 0, but must be a whole number from 1."))
    let budgets = await errors(["compare-keyframes", "world", "--budgets", "4,x"])
    #expect(budgets.status == 64 && budgets.errors.contains("'x' is not a number of frames"))
  }

  @Test("a run that is not there is named")
  func run() async {
    let said = await errors(["compare-keyframes", "world", "--run", "/nowhere/run", "--quiet"])
    #expect(said.status != 0 && said.errors.contains("/nowhere/run"))
  }

  @Test("a file of features holds one selection")
  func oneSelector() async {
    let said = await errors(
      ["keyframes", "/", "--format", "hdf5", "--selector", "tad", "--selector", "uniform"])
    #expect(said.errors == "error: A file of format hdf5 holds one selection. Name one selector.\n")
  }
}
