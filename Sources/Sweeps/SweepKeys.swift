internal import Records
internal import Plugins
package import Core

/// What a sweep's file says, key by key; `SweepFile` reads it.
package struct SweepKeys: DefaultedConfiguration {
  var name: String?
  var base: ConfigurationValue = .null
  var cases: ConfigurationValue = .null
  var axes: ConfigurationValue = .null
  var zip: ConfigurationValue = .null
  var when: ConfigurationValue = .null
  var seeds = ConfigurationValue(.integer(1))
  var extends: ConfigurationValue = .null
  var set: ConfigurationValue = .null
  var tune: TuningKeys?
  var tuned: String?
  var baseline: String?
  var engine: SweepLauncher?

  /// A sweep of which nothing is said.
  package init() {}

  /// The keys of a sweep.
  package static let keys: [String: KeyDeclaration] = [
    "name": .text("what people call the sweep; the name of its file if left out"),
    "base": KeyDeclaration(
      .described("a file name, a list of them or a configuration"),
      "what every arm changes; mandatory"),
    "cases": KeyDeclaration(
      .described("a map from names to maps of changes"), "arms by name, and what each changes"),
    "axes": KeyDeclaration(
      .described("a map from keys to lists of values or range(first, end)"),
      "keys and the values they take, in every combination"),
    "zip": KeyDeclaration(
      .described("a map from keys to lists of values, all equally long"),
      "keys and the values they take side by side"),
    "when": KeyDeclaration(
      .described("a list of {where: …, set: …} or {where: …, drop: true}"),
      "what some combinations change as well, or which are left out"),
    "seeds": KeyDeclaration(
      .described(
        "a whole number from 1 to \(SweepFile.mostRuns), or a list of whole numbers from 0"),
      "how often every arm is repeated, or with which seeds"),
    "extends": KeyDeclaration(
      .described("a file name or a list of them"), "sweeps that this one is laid over"),
    "set": KeyDeclaration(
      .described("a map of changes"),
      "what every arm changes last; * stands for every element of a list"),
    "tune": .structure(
      TuningKeys.self, "what `opd sweep --tune` chooses before, on the part `tune` of the data"),
    "tuned": .text(
      "the file of what was chosen; beside the sweep's, with .tuned in its name, if left out"),
    "baseline": .text(
      "the arm, or the case, that `opd compare` compares the others to; the first if left out"),
    "engine": .structure(
      SweepLauncher.self,
      "the command that starts workers elsewhere; runs are carried out here if left out"),
  ]
}
