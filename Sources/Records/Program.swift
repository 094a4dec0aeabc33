internal import Core
internal import Storage

/// The program, as runs and sweeps name it.
package enum Program {
  /// Its version, part of a run's identity.
  package static let version = "0.1.0"

  /// Its version and a digest of the very file that is running, such as `0.1.0+9f3a1c22b07d`.
  ///
  /// - Complexity: Reads the program once a process.
  package static let build: String = {
    guard let sum = FileChecksum.of("/proc/self/exe") else { return version }
    return "\(version)+\(ContentHash.of([sum]).prefix(12))"
  }()
}
