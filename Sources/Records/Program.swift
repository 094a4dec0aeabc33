/// The program, as runs and sweeps name it.
package enum Program {
  /// Its version, part of a run's identity.
  package static let version = "0.1.0"
}
