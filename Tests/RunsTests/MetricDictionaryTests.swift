import Core
import Tasks
import Testing

@testable import Analysis
@testable import Records

@Suite("Metric dictionary")
struct MetricDictionaryTests {
  @Test("has every name once, with a unit and an estimator")
  func unique() {
    let all = MetricDictionary.all + GroundingTask.metrics + ChoiceTask.metrics
    let names = all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(all.allSatisfy { !$0.unit.isEmpty && !$0.estimator.isEmpty })
  }

  @Test(
    "finds the definition of a name as it stands in a file",
    arguments: [
      ("eval/R1@0.5", "eval/R1@k"), ("student_mass@16", "student_mass@k"),
      ("clip_ratio/low", "clip_ratio/*"), ("ledger/flops", "ledger/flops"),
      ("ledger/teacher/seconds", "ledger/*"), ("teacher_kl/k3", "teacher_kl/k3"),
    ])
  func found(name: String, definition: String) {
    #expect(MetricDictionary.definition(of: name, among: GroundingTask.metrics)?.name == definition)
  }

  @Test("knows no other names", arguments: ["student_mass@", "student_mass@x", "los", "eval/"])
  func unknown(name: String) {
    #expect(MetricDictionary.definition(of: name) == nil)
  }
}
