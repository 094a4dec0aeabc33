import Foundation
import Core
import Statistics
import Testing

/// Reference values computed by SciPy 1.17.
private struct Golden: Decodable {
  let x, y, p_values, holm: [Double]
  let iqm_x, iqm_y, wilcoxon_exact_p, paired_t_p, probability_of_improvement: Double
  let spearman, kendall_b: Double

  static let file: URL? = {
    let named = ProcessInfo.processInfo.environment["OPD_GOLDEN"]
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = named.map { URL(filePath: $0) } ?? root.appending(path: "../shared/golden")
    let file = folder.appending(path: "statistics.json")
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
  }()
}

@Suite("The reference values of statistics.json")
struct GoldenTests {
  @Test(
    "are met to 1e-9",
    .enabled(if: Golden.file != nil, "statistics.json is absent; set OPD_GOLDEN to its folder."))
  func golden() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: #require(Golden.file)))
    let (x, y) = (golden.x, golden.y)
    let pairs: [(String, Double, Double)] = [
      ("iqm_x", interquartileMean(x), golden.iqm_x),
      ("iqm_y", interquartileMean(y), golden.iqm_y),
      ("wilcoxon", wilcoxonSignedRank(x, y).pValue, golden.wilcoxon_exact_p),
      ("paired t", pairedT(x, y).pValue, golden.paired_t_p),
      ("improvement", probabilityOfImprovement(from: x, to: y), golden.probability_of_improvement),
      ("spearman", spearman(x, y), golden.spearman),
      ("kendall", kendall(x, y), golden.kendall_b),
    ]
    for (name, ours, theirs) in pairs { #expect(abs(ours - theirs) < 1e-9, "\(name)") }
    for (ours, theirs) in zip(holm(golden.p_values), golden.holm) {
      #expect(abs(ours - theirs) < 1e-9)
    }
    #expect(wilcoxonSignedRank(x, y).method == .exact)
  }

  @Test("are met by hand-made cases that SciPy computed once")
  func handMade() {
    let x = [0.1, 0.2, 0.2, 0.4, 0.55, 0.6, 0.7]
    let y = [0.3, 0.2, 0.1, 0.7, 0.2, 0.9, 0.95]
    #expect(abs(pairedT(x, y).statistic + 0.9212616274693872) < 1e-12)
    #expect(abs(pairedT(x, y).pValue - 0.392449838396583) < 1e-12)
    #expect(abs(kendall(x, y) - 0.55) < 1e-12)
    #expect(abs(spearman(x, y) - 0.6636363636363637) < 1e-12)
    let a = (0..<60).map { Double($0 * 37 % 61) / 61 }
    let b = (0..<60).map { Double(($0 * 29 + 7) % 53) / 50 }
    let signedRank = wilcoxonSignedRank(a, b)
    #expect(signedRank.method == .normalApproximation)
    #expect(abs(signedRank.pValue - 0.7487941871577282) < 1e-9)
    let differences = [1.2, 0.4, -0.3, 2.2, 0.9, 0.1, 1.7, -0.2]
    let signs = signFlipTest(differences, [Double](repeating: 0, count: 8), seed: .init(0))
    #expect(signs.pValue == 0.0703125)
    #expect(signs.method == .exact)
  }

  @Test("of the noncentral t distribution are met")
  func noncentral() {
    let cases: [(t: Double, freedom: Double, shift: Double, p: Double)] = [
      (2.776, 4, 2.5, 0.5226496107233012), (-1, 9, 0.5, 0.07564345303987377),
      (1, 1, 1, 0.42202003039262753), (2, 2, 3, 0.18223175257129115),
    ]
    for (t, freedom, shift, p) in cases {
      let ours = StudentT(degreesOfFreedom: freedom).cumulative(t, noncentrality: shift)
      #expect(abs(ours - p) < 1e-9)
    }
    for (pairs, effect) in [
      (3, 3.264043549819918), (5, 1.681997282216111), (10, 0.9960022543069528),
    ] {
      #expect(abs(minimumDetectableEffect(deviation: 1, pairs: pairs) - effect) < 1e-6)
    }
  }
}
