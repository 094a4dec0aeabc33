internal import Plugins
internal import Records
package import Core

/// A command that starts a worker of a sweep on whatever cluster there is: `engine` in the sweep's file.
///
///     engine: {command: "ray job submit --no-wait -- {worker}", count: 8}
///
/// Workers are independent and share a folder alone, so the command need not say when they end: one that is lost leaves an
/// unfinished run, which another takes over.
package struct SweepLauncher: DefaultedConfiguration, Sendable, Hashable {
  /// What the shell runs for each worker.
  package var command = ""
  /// How many workers.
  package var count = 1

  /// Without a command.
  package init() {}

  /// One line on each parameter.
  package static let keys: [String: KeyDeclaration] = [
    "command": .text(
      "what the shell runs to start a worker; {worker} is the worker's own command, {number} its number from 0; mandatory"
    ),
    "count": .integer(1...1024, "how many workers", unit: "workers"),
  ]

  /// Reads what a sweep's file says.
  ///
  /// - Throws: `SweepError.unusable` for a command that starts no worker.
  init(_ written: ConfigurationValue, file: String) throws {
    self = try written.decoded(as: SweepLauncher.self, at: "engine")
    guard command.contains("{worker}") else {
      throw SweepError.unusable(
        written, file: file, "the engine's command does not say {worker}",
        "Write it where the worker's own command belongs, such as: ray job submit --no-wait -- {worker}."
      )
    }
  }

  /// A script that starts all workers at a time, and fails if one of the commands does.
  ///
  /// - Parameter worker: The words of the worker's command.
  /// - Returns: What `sh` reads.
  package func script(for worker: [String]) -> String {
    let words = worker.map(SlurmScript.quoted).joined(separator: " ")
    let commands = (0..<count).map { number in
      let own = command.replacing("{worker}", with: words).replacing("{number}", with: "\(number)")
      // `sh -c` becomes a command that is one, so that a signal meets that one.
      return "sh -c \(SlurmScript.quoted(own)) &\npids=\"$pids $!\""
    }
    return """
      #!/bin/sh
      # Starts the workers of a sweep; a lost one is an unfinished run, which another takes over.
      pids=
      trap 'kill $pids 2>/dev/null; wait; exit 130' INT
      trap 'kill $pids 2>/dev/null; wait; exit 143' TERM
      \(commands.joined(separator: "\n"))
      failed=0
      for pid in $pids; do
        wait "$pid" || failed=$((failed + 1))
      done
      if [ "$failed" -gt 0 ]; then
        echo "$failed of \(count) commands failed. Run the same command again to start workers for what is left." >&2
        exit 1
      fi
      echo "Started: \(count) workers"

      """
  }
}
