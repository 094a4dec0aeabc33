internal import Records
internal import Plugins

extension RecordedRun {
  /// How many questions the evaluations on the way were made on, where the last one had more: (some, all).
  ///
  /// A run evaluates the first `evaluation.count` questions on its way and all of them at its end.
  var fewerQuestions: (some: Int, all: Int)? {
    guard isDone, let written = try? ConfigurationFile.read(path + "/config.yaml"),
      let count = written.value(at: ["evaluation", "count"])?.integer, count > 0
    else { return nil }
    let all = AnsweredQuestions(run: path).count
    return count < all ? (count, all) : nil
  }

  /// `lines` with the last evaluation on the same questions as all others, so that they are one curve.
  ///
  /// A metric that is no mean over questions cannot be had of some of them: the last value is left out.
  var comparableLines: [[String: Double]] {
    guard let (some, _) = fewerQuestions,
      let place = lines.lastIndex(where: { $0.keys.contains { $0.hasPrefix("eval/") } })
    else { return lines }
    let answers = AnsweredQuestions(run: path)
    var result = lines
    for (name, value) in lines[place] where name.hasPrefix("eval/") {
      result[place][name] = answers.scores(of: name, mean: value).map {
        $0.prefix(some).reduce(0, +) / Double(some)
      }
    }
    return result
  }
}
