import Foundation
import Core
import Testing

@testable import TAD

@Suite("Diverse and representative keyframes (DR-DSN)")
struct DiverseRepresentativeKeyframesTests {
  /// The reward of a set of frames, written down as in the paper.
  private func reward(_ kept: [Int], _ features: FrameFeatures, reach: Int) -> Double {
    let rows = (0..<features.frames).map { features.pooled()[frame: $0].map(Double.init) }
    var diversity = 0.0
    for first in kept {
      for second in kept where first != second {
        let product = dotProduct(rows[first], rows[second])
        let length = (dotProduct(rows[first], rows[first]) * dotProduct(rows[second], rows[second]))
          .squareRoot()
        diversity += abs(first - second) > reach ? 1 : 1 - product / length
      }
    }
    let pairs = Double(kept.count * (kept.count - 1))
    var nearest: [Double] = []
    for row in rows {
      let distances = kept.map { other -> Double in
        let difference = row.indices.map { row[$0] - rows[other][$0] }
        return dotProduct(difference, difference).squareRoot()
      }
      nearest.append(distances.min() ?? 0)
    }
    let representative = exp(-nearest.reduce(0, +) / Double(rows.count))
    return (pairs > 0 ? diversity / pairs : 0) + representative
  }

  @Test("add the frame with the largest reward at each step")
  func greedy() throws {
    let features = walk(frames: 30)
    var kept: [Int] = []
    for _ in 0..<5 {
      let open = (0..<30).filter { !kept.contains($0) }
      let rewards = open.map { reward(kept + [$0], features, reach: 8) }
      let best = try #require(rewards.indices.max { rewards[$0] < rewards[$1] })
      kept.append(open[best])
    }
    let selector = try DiverseRepresentativeKeyframes(
      with(.init()) {
        $0.budget = 5
        $0.reach = 8
      })
    #expect(try selector.select(features, video: "v", seed: Seed(0)).indices == kept.sorted())
  }

  @Test("thin a long video to its candidates first")
  func thinned() throws {
    let selector = try DiverseRepresentativeKeyframes(
      with(.init()) {
        $0.budget = 4
        $0.candidates = 10
      })
    let kept = try selector.select(walk(frames: 100), video: "v", seed: Seed(0))
    #expect(kept.indices.allSatisfy { $0 % 10 == 5 } && kept.cost.framesScanned == 10)
  }
}

@Suite("Keyframes of maximum volume (MaxInfo)")
struct MaximumInformationKeyframesTests {
  @Test("see every direction of a video that shows few things")
  func directions() throws {
    let rows: [[Float]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    let order = [0, 0, 0, 0, 1, 1, 0, 0, 2, 0, 0, 0]
    let features = FrameFeatures(
      values: order.flatMap { rows[$0] }, tokensPerFrame: 1, channels: 3,
      timestamps: order.indices.map(Double.init), duration: 12)
    let selector = try MaximumInformationKeyframes(
      with(.init()) {
        $0.budget = 3
        $0.energy = 1
      })
    let kept = try selector.select(features, video: "v", seed: Seed(0)).indices
    #expect(Set(kept.map { order[$0] }) == [0, 1, 2])
  }

  @Test(
    "have left singular vectors: orthonormal columns that reproduce the matrix", arguments: [6, 20])
  func singularVectors(frames: Int) {
    let features = walk(frames: frames, tokens: 1, channels: 10)
    let rows = (0..<frames).map { features[frame: $0].map(Double.init) }
    let vectors = leftSingularVectors(rows, energy: 1, most: 99)
    let rank = vectors[0].count
    #expect(rank == min(frames, 10))
    for first in 0..<rank {
      for second in 0..<rank {
        let product = vectors.reduce(0) { $0 + $1[first] * $1[second] }
        #expect(abs(product - (first == second ? 1 : 0)) < 1e-8)
      }
    }
    // U Uᵀ X = X.
    for channel in 0..<10 {
      let column = rows.map { $0[channel] }
      let weights = (0..<rank).map { rank in dotProduct(vectors.map { $0[rank] }, column) }
      for row in 0..<frames { #expect(abs(dotProduct(vectors[row], weights) - column[row]) < 1e-8) }
    }
  }

  @Test("span nearly the largest volume of all choices")
  func volume() {
    var generator = Seed(3).generator()
    let rows = (0..<9).map { _ in (0..<2).map { _ in generator.normal() } }
    func volume(_ chosen: [Int]) -> Double {
      abs(rows[chosen[0]][0] * rows[chosen[1]][1] - rows[chosen[0]][1] * rows[chosen[1]][0])
    }
    let found = volume(maximumVolumeRows(rows, count: 2))
    for first in 0..<9 {
      for second in 0..<first { #expect(volume([first, second]) <= 2 * found) }
    }
  }

  @Test("grow by the row that enlarges the squared volume most")
  func rectangular() {
    var generator = Seed(4).generator()
    let rows = (0..<12).map { _ in (0..<2).map { _ in generator.normal() } }
    func squaredVolume(_ chosen: [Int]) -> Double {
      var (a, b, d) = (0.0, 0.0, 0.0)
      for row in chosen {
        a += rows[row][0] * rows[row][0]
        b += rows[row][0] * rows[row][1]
        d += rows[row][1] * rows[row][1]
      }
      return a * d - b * b
    }
    let chosen = maximumVolumeRows(rows, count: 5)
    for size in 3...5 {
      let before = Array(chosen.prefix(size - 1))
      let best = (0..<12).filter { !before.contains($0) }.map { squaredVolume(before + [$0]) }.max()
      #expect(abs(squaredVolume(Array(chosen.prefix(size))) - (best ?? 0)) < 1e-9)
    }
  }
}
