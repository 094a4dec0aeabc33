internal import Foundation
internal import Storage

/// An array job whose tasks are ordinary workers of one sweep: a task that is lost is just an unfinished run.
public struct SlurmScript: Sendable {
  /// What is asked of Slurm.
  public struct Options: Sendable {
    /// Tasks of the array.
    public var tasks = 1
    /// Cores a task.
    public var cores = 1
    /// Hours after which Slurm ends a task; it is queued again.
    public var hours = 24.0
    /// The partition, if one must be named.
    public var partition: String?
    /// A job that must have ended well before.
    public var after: String?

    /// One task of one core for a day.
    public init() {}
  }

  /// The script.
  public let text: String

  /// Writes the script.
  ///
  /// - Parameters:
  ///   - program: The `opd` program.
  ///   - arguments: The words of the sweep command that each task runs.
  ///   - folder: The sweep's folder, where the logs of the tasks go.
  ///   - options: What is asked of Slurm.
  public init(program: String, arguments: [String], folder: String, options: Options) {
    let minutes = Int((options.hours * 60).rounded(.up))
    var lines = [
      "#!/bin/sh", "#SBATCH --job-name=opd-\(URL(filePath: folder).lastPathComponent)",
      "#SBATCH --array=0-\(max(1, options.tasks) - 1)", "#SBATCH --cpus-per-task=\(options.cores)",
      "#SBATCH --time=\(minutes)", "#SBATCH --requeue",
      "#SBATCH --output=\(folder)/slurm-%A_%a.txt",
    ]
    if let partition = options.partition { lines.append("#SBATCH --partition=\(partition)") }
    if let after = options.after { lines.append("#SBATCH --dependency=afterok:\(after)") }
    let words = ([program] + arguments).map(Self.quoted).joined(separator: " ")
    lines += ["# Every task works on whatever run is free.", "exec \(words)"]
    text = lines.joined(separator: "\n") + "\n"
  }

  /// Writes the script to a file of the sweep's folder.
  public func write(to folder: String) throws -> String {
    let path = folder + "/slurm.sh"
    try AtomicFile.write(text, to: path)
    return path
  }

  /// Submits a script.
  ///
  /// - Returns: The number of the job.
  /// - Throws: `SweepError.slurm`.
  public static func submit(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["sbatch", "--parsable", path]
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch { throw SweepError.slurm(reason: "sbatch cannot be started") }
    let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let line = complaint.split(separator: "\n").last.map(String.init)
      throw SweepError.slurm(reason: line ?? "sbatch ended with \(process.terminationStatus)")
    }
    return printed.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=+,:".contains($0) }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
