/// The batch script of an array job whose tasks are ordinary workers of one sweep folder.
///
/// A task takes whatever run is free, so a task that is lost leaves nothing but an unfinished run, and how many tasks there
/// are changes how long a sweep takes, not what it does.
package struct SlurmScript: Sendable, Hashable {
  /// The program, by a path that every machine sees.
  package var program: String
  /// The folder of the sweep, by a path that every machine sees.
  package var folder: String
  /// What the queue calls the job.
  package var name: String
  /// How many workers.
  package var workers = 1
  /// Processors of one worker.
  package var threads = 1
  /// Seconds after which a worker is stopped.
  package var timeLimit = 24 * 3600
  /// Memory of one worker in MiB; what the cluster gives if left out.
  package var memory: Int?
  /// The partition; the cluster's default if left out.
  package var partition: String?
  /// The account that pays; the user's default if left out.
  package var account: String?
  /// Jobs that must have succeeded before this one starts.
  package var after: [Int] = []

  /// A job of one worker for a day.
  ///
  /// - Parameters:
  ///   - program: The program's path.
  ///   - folder: The sweep's folder.
  ///   - name: What the queue calls the job.
  package init(program: String, folder: String, name: String) {
    self.program = program
    self.folder = folder
    self.name = name
  }

  /// The script.
  ///
  /// - Returns: What `sbatch` reads.
  /// - Throws: `SlurmError` for numbers below 1 or text that cannot stand on one line.
  package func text() throws(SlurmError) -> String {
    try check()
    let directives = directives.map { "#SBATCH --\($0)" }.joined(separator: "\n")
    return """
      #!/bin/bash
      # Workers of a sweep; a lost one is an unfinished run, which another takes over.
      \(directives)

      set -euo pipefail
      \(Self.quoted(program)) sweep \(Self.quoted(folder)) --worker --cores \(threads) &
      worker=$!
      # USR1 comes shortly before the time limit: the task is queued again, and goes on with what is left.
      again() {
        kill "$worker" || true
        wait "$worker" || true
        scontrol requeue "$SLURM_JOB_ID"
        exit 0
      }
      trap again USR1
      # Whoever cancels the task does not want it back.
      trap 'kill "$worker" || true; wait "$worker" || true; exit 143' TERM
      wait "$worker"

      """
  }

  /// The command that submits the script, and prints the job's number.
  ///
  /// - Parameter path: The file that holds `text()`.
  /// - Returns: The words of the command.
  package static func submission(of path: String) -> [String] { ["sbatch", "--parsable", path] }

  /// The number of a job that was submitted, from what `sbatch --parsable` printed: `42` or `42;cluster`.
  ///
  /// - Parameter output: The standard output.
  /// - Returns: The number.
  /// - Throws: `SlurmError.noJobNumber` if there is none.
  package static func jobNumber(in output: String) throws(SlurmError) -> Int {
    let lines = output.split(separator: "\n")
    guard let word = lines.last?.split(separator: ";").first, let number = Int(word) else {
      throw .noJobNumber(output)
    }
    return number
  }

  private var directives: [String] {
    var lines = [
      "job-name=\(Self.quoted(name))", "array=0-\(workers - 1)", "ntasks=1",
      "cpus-per-task=\(threads)", "time=\(Self.duration(timeLimit))", "requeue",
      "open-mode=append", "signal=B:USR1@\(min(60, max(1, timeLimit / 2)))",
      "output=\(Self.quoted(Self.literal(folder) + "/slurm-%A_%a.log"))",
    ]
    if let memory { lines.append("mem=\(memory)M") }
    if let partition { lines.append("partition=\(Self.quoted(partition))") }
    if let account { lines.append("account=\(Self.quoted(account))") }
    if !after.isEmpty {
      lines.append("dependency=afterok:\(after.map(String.init).joined(separator: ":"))")
    }
    return lines
  }
}

extension SlurmScript {
  private func check() throws(SlurmError) {
    let numbers = [
      ("workers", workers), ("threads", threads), ("timeLimit", timeLimit), ("memory", memory ?? 1),
    ]
    for (name, value) in numbers where value < 1 { throw .notPositive(name: name, value: value) }
    let texts = [
      ("program", program), ("folder", folder), ("name", name), ("partition", partition ?? "-"),
      ("account", account ?? "-"),
    ]
    for (name, text) in texts where text.isEmpty || text.contains(where: \.isNewline) {
      throw .notOneLine(name: name, text: text)
    }
  }

  /// A word as the shell and `sbatch` read it.
  ///
  /// - Parameter word: Any text.
  /// - Returns: The text, in quotes where it needs them.
  package static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+%=".contains($0))
    }
    guard !plain || word.isEmpty else { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }

  /// A path in which `sbatch` replaces nothing.
  static func literal(_ path: String) -> String {
    path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
  }

  /// Seconds as Slurm writes them: `1-02:03:04`.
  static func duration(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(two)
    return "\(seconds / 86400)-\(clock.joined(separator: ":"))"
  }
}
