import Core
import Foundation
import Tensors
import Testing

@testable import Networks

@Suite("Filtered sampling")
struct SamplingFilterTests {
  /// log of .1, .4, .2, .05, .25.
  private let logs = [0.1, 0.4, 0.2, 0.05, 0.25].map { log($0) }

  private func kept(_ filter: SamplingFilter?) throws -> [Double] {
    var values = logs
    var span = values.mutableSpan
    try #require(filter).restrict(&span)
    return values.map { (exp($0) * 1e12).rounded() / 1e12 }
  }

  private func scaled(_ probabilities: [Double]) -> [Double] {
    let sum = probabilities.reduce(0, +)
    return probabilities.map { ($0 / sum * 1e12).rounded() / 1e12 }
  }

  @Test("is none where nothing would be left out")
  func none() { #expect(SamplingFilter() == nil) }

  @Test("keeps the likeliest k")
  func topK() throws {
    #expect(try kept(.init(topK: 1)) == [0, 1, 0, 0, 0])
    #expect(try kept(.init(topK: 3)) == scaled([0, 0.4, 0.2, 0, 0.25]))
    #expect(try kept(.init(topK: 99)) == scaled([0.1, 0.4, 0.2, 0.05, 0.25]))
  }

  @Test("keeps the fewest likeliest that reach p")
  func topP() throws {
    #expect(try kept(.init(topP: 1e-9)) == [0, 1, 0, 0, 0])
    #expect(try kept(.init(topP: 0.6)) == scaled([0, 0.4, 0, 0, 0.25]))
    #expect(try kept(.init(topP: 0.7)) == scaled([0, 0.4, 0.2, 0, 0.25]))
    #expect(try kept(.init(topP: 1)) == scaled([0.1, 0.4, 0.2, 0.05, 0.25]))
  }

  @Test("keeps what is likely beside the likeliest")
  func minP() throws {
    #expect(try kept(.init(minP: 0.5)) == scaled([0, 0.4, 0.2, 0, 0.25]))
    #expect(try kept(.init(minP: 1)) == [0, 1, 0, 0, 0])
    #expect(try kept(.init(minP: 0)) == scaled([0.1, 0.4, 0.2, 0.05, 0.25]))
  }

  @Test("takes each share of what the one before has left")
  func order() throws {
    // Of the best two, .4 has 61.5 %: alone it reaches .6 of them, though not of all.
    #expect(try kept(.init(topK: 2, topP: 0.6)) == [0, 1, 0, 0, 0])
    #expect(try kept(.init(topP: 0.9, minP: 0.6)) == scaled([0, 0.4, 0, 0, 0.25]))
  }

  @Test("of equally likely tokens keeps the first")
  func ties() throws {
    var values = [Double](repeating: log(0.25), count: 4)
    var span = values.mutableSpan
    try #require(SamplingFilter(topK: 2)).restrict(&span)
    #expect(values.map { exp($0) > 0.4 } == [true, true, false, false])
  }

  @Test("draws nothing else, and says how likely what is left was")
  func drawn() throws {
    let tape = Tape<Float>()
    let row = (logs + [-40]).map { Float($0) }
    let filter = try #require(SamplingFilter(topK: 2))
    let logits = tape.input(row, rows: 1, columns: row.count)
    for step in 0..<100 {
      let draw = tape.draw(
        logits, temperature: 1, uniforms: [(Double(step) + 0.5) / 100],
        restrict: { filter.restrict(&$0) })[0]
      #expect(draw.column == (step < 61 ? 1 : 4) || step == 61, "\(step)")
      #expect(abs(exp(draw.logProbability) - (draw.column == 1 ? 8.0 / 13 : 5.0 / 13)) < 1e-6)
    }
  }
}
