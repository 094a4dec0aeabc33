import Distill
import Foundation
import Core
import Tensors
import Testing

@Suite("Divergences over part of the vocabulary")
struct SupportTests {
  static let kinds: [RowDivergence] = [
    .reverseKL, .forwardKL, .jensenShannon(beta: 0.3, normalised: false),
  ]
  static let supports: [VocabularySupport] = VocabularySupport.Owner.allCases.flatMap { owner in
    VocabularySupport.Rest.allCases.map { .top(4, of: owner, rest: $0) }
  }

  func row(_ seed: UInt64, _ width: Int = 13, scale: Double = 1.5) -> [Double] {
    var dice = Seed(seed).generator()
    return (0..<width).map { _ in scale * dice.normal() }
  }

  /// D and its gradient in the logits.
  func evaluate(
    _ kind: RowDivergence, _ support: VocabularySupport, _ z: [Double],
    _ teacher: TeacherRow<Double>
  ) -> (value: Double, gradient: [Double]) {
    let p = TabularWorld.logSoftmax(z)
    var gradient = [Double](repeating: 0, count: z.count)
    var span = gradient.mutableSpan
    let value = DivergenceObjective(kind, support: support).evaluate(
      student: p.span, at: 0, teacher: teacher, scale: 1, gradient: &span)
    let total = gradient.reduce(0, +)
    return (value, zip(p, gradient).map { $1 - exp($0) * total })
  }

  @Test("have the gradient that central differences find", arguments: kinds, supports)
  func gradients(kind: RowDivergence, support: VocabularySupport) {
    let z = row(1)
    let teacher = TeacherRow(values: TabularWorld.logSoftmax(row(2)))
    let exact = evaluate(kind, support, z, teacher).gradient
    for v in z.indices {
      var up = z
      var down = z
      up[v] += 1e-6
      down[v] -= 1e-6
      let slope =
        (evaluate(kind, support, up, teacher).value - evaluate(kind, support, down, teacher).value)
        / 2e-6
      #expect(abs(slope - exact[v]) < 1e-7)
    }
  }

  @Test("are never negative with a tail, nor above the whole divergence", arguments: kinds)
  func nonNegative(kind: RowDivergence) {
    for seed in 0..<200 {
      let z = row(UInt64(seed), scale: 3)
      let teacher = TeacherRow(values: TabularWorld.logSoftmax(row(UInt64(seed + 1000), scale: 3)))
      let whole = evaluate(kind, .full, z, teacher).value
      for owner in VocabularySupport.Owner.allCases {
        let value = evaluate(kind, .top(3, of: owner, rest: .tail), z, teacher).value
        #expect(value >= -1e-12 && value <= whole + 1e-9)
      }
    }
  }

  @Test("can be negative without one, which is why the tail is the default")
  func rawIsNegative() {
    let teacher = TeacherRow(values: TabularWorld.logSoftmax([4, 3, 0, 0, 0]))
    let support = VocabularySupport.top(2, of: .teacher, rest: .raw)
    #expect(evaluate(.reverseKL, support, [0, 0, 4, 4, 4], teacher).value < 0)
    #expect(VocabularySupport.init(count: 16).description == "top(16, of=student, rest=tail)")
  }

  @Test("need nothing but the teacher's list for its own best tokens")
  func list() {
    let q = TabularWorld.logSoftmax(row(2))
    let best = q.enumerated().sorted { $0.element > $1.element }.prefix(4)
      .map { LikelyToken($0.offset, $0.element) }
    for owner in [VocabularySupport.Owner.teacher, .intersection] {
      let support = VocabularySupport.top(4, of: owner, rest: .tail)
      let fromRows = evaluate(.forwardKL, support, row(1), TeacherRow(values: q)).value
      let fromList = evaluate(.forwardKL, support, row(1), TeacherRow(top: best)).value
      #expect(abs(fromRows - fromList) < 1e-9)
    }
  }

  @Test("approach the whole divergence as k grows")
  func grows() {
    let teacher = TeacherRow(values: TabularWorld.logSoftmax(row(2)))
    let whole = evaluate(.reverseKL, .full, row(1), teacher).value
    let values = [1, 4, 8, 13].map {
      evaluate(.reverseKL, .top($0, of: .student, rest: .tail), row(1), teacher).value
    }
    #expect(values == values.sorted())
    #expect(abs(values[3] - whole) < 1e-12)
  }
}

extension VocabularySupport {
  /// The support that a bare `top(k)` means.
  init(count: Int) {
    self = (try? VocabularySupport(text: "top(\(count))")) ?? .sampled
  }
}
