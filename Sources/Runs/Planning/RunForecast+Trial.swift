package import Plugins
package import Sweeps

extension RunForecast {
  /// Tries a run out and predicts what the whole of it will take.
  ///
  /// The data are loaded, the teacher is asked, and the student makes a few steps of every stage with the threads that the
  /// configuration names; nothing is kept. Peak memory is what the process has held at its end: a process that did other work
  /// before says too much.
  ///
  /// - Parameters:
  ///   - value: The configuration.
  ///   - laboratory: Everything it can name.
  /// - Throws: What is wrong with the configuration, the data or the teacher.
  /// - Complexity: Loading, two evaluations, and one to a few seconds a stage.
  package init(_ value: ConfigurationValue, in laboratory: Laboratory) async throws {
    self = try await RunTrial.forecast(value, in: laboratory)
  }
}
