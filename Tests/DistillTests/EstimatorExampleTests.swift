import Distill
import Foundation
internal import Tensors
import Testing

@Suite("The four-token example of docs/objectives.md, k1, k2, k3")
struct EstimatorExampleTests {
  var world: TabularWorld {
    var world = TabularWorld(width: 4, length: 1, seed: 0)
    world.student[[]] = [0.3, -0.7, 1.1, 0]
    world.teacher[[]] = [1.0, 0.2, -0.5, 0.4]
    return world
  }

  func near(_ a: [Double]?, _ b: [Double]) -> Bool {
    zip(a ?? [], b).allSatisfy { abs($0 - $1) < 1e-9 } && a?.count == b.count
  }

  func gradient(_ estimator: Estimator, _ support: VocabularySupport) throws -> [Double]? {
    try world.expectedGradient(
      Objective([ObjectiveComponent([.teacher], support: support, estimator: estimator)]))[[]]
  }

  @Test("gives the printed gradients")
  func gradients() throws {
    let reverse = [-0.280395992, -0.120127426, 0.556969173, -0.156445756]
    let forward = [-0.219471722, -0.117407119, 0.413027518, -0.076148677]
    #expect(near(try gradient(.divergence(.reverseKL), .full), reverse))
    #expect(near(try gradient(.policyGradient, .sampled), reverse))
    #expect(near(try gradient(.logRatio(.k2), .sampled), reverse))
    #expect(near(try gradient(.divergence(.forwardKL), .full), forward))
    #expect(near(try gradient(.logRatio(.k3), .sampled), forward))
  }

  @Test("k3 measures the same divergence as k1 with far less variance")
  func variance() {
    let p = world.studentRow([])
    let q = world.teacherRow([])
    func moments(_ f: (Double) -> Double) -> (Double, Double) {
      let values = zip(p, q).map { f($0 - $1) }
      let mean = zip(p, values).reduce(0) { $0 + exp($1.0) * $1.1 }
      let square = zip(p, values).reduce(0) { $0 + exp($1.0) * $1.1 * $1.1 }
      return (mean, square - mean * mean)
    }
    let k1 = moments(Estimator.LogRatioLoss.k1.value)
    let k3 = moments(Estimator.LogRatioLoss.k3.value)
    #expect(abs(k1.0 - 0.5468366216) < 1e-9)
    #expect(abs(k3.0 - 0.5468366216) < 1e-9)
    #expect(abs(k1.1 - 1.258) < 1e-3)
    #expect(abs(k3.1 - 0.094) < 1e-3)
  }
}
