import Foundation
import Core
import Testing

@testable import Sweeps

@Suite("Slurm script")
struct SlurmScriptTests {
  @Test("is an array of ordinary workers")
  func script() throws {
    var script = SlurmScript(program: "/opt/opd", folder: "/data/runs/world", name: "world")
    script.workers = 4
    script.threads = 2
    script.timeLimit = 93_784
    script.memory = 2048
    script.partition = "cpu"
    script.account = "lab"
    script.after = [7, 9]
    #expect(
      try script.text() == """
        #!/bin/bash
        # Workers of a sweep; a lost one is an unfinished run, which another takes over.
        #SBATCH --job-name=world
        #SBATCH --array=0-3
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=2
        #SBATCH --time=1-02:03:04
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --signal=B:USR1@60
        #SBATCH --output=/data/runs/world/slurm-%A_%a.log
        #SBATCH --mem=2048M
        #SBATCH --partition=cpu
        #SBATCH --account=lab
        #SBATCH --dependency=afterok:7:9

        set -euo pipefail
        /opt/opd sweep /data/runs/world --worker --cores 2 &
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

        """)
  }

  @Test("survives spaces, quotes and percent signs in paths")
  func quoting() throws {
    let script = SlurmScript(program: "/my opd", folder: "/it's/50%", name: "a b; rm -rf /")
    let text = try script.text()
    #expect(text.contains("\n'/my opd' sweep '/it'\\''s/50%' --worker"))
    #expect(text.contains("#SBATCH --job-name='a b; rm -rf /'"))
    #expect(text.contains("50%%/slurm-%A_%a.log"))
  }

  @Test("leaves out what was not asked for")
  func defaults() throws {
    let text = try SlurmScript(program: "opd", folder: "runs", name: "x").text()
    for word in ["--mem", "--partition", "--account", "--dependency"] {
      #expect(!text.contains(word))
    }
    #expect(text.contains("--array=0-0\n"))
  }

  @Test("refuses numbers below 1 and text with line breaks")
  func refusals() {
    var script = SlurmScript(program: "opd", folder: "runs", name: "x")
    script.workers = 0
    #expect(throws: SlurmError.notPositive(name: "workers", value: 0)) { try script.text() }
    script = SlurmScript(program: "opd", folder: "runs", name: "x\n#SBATCH --nice")
    #expect(throws: SlurmError.self) { try script.text() }
  }

  @Test("reads the job's number", arguments: [("42\n", 42), ("43;cluster\n", 43)])
  func number(output: String, number: Int) throws {
    #expect(try SlurmScript.jobNumber(in: output) == number)
  }

  @Test("says when there is no number")
  func noNumber() {
    #expect(throws: SlurmError.noJobNumber("")) { try SlurmScript.jobNumber(in: "") }
    let error = SlurmError.noJobNumber("queue closed")
    #expect(error.description.hasPrefix("sbatch printed no job number but 'queue closed'."))
    #expect(error.exitStatus == .failed)
  }

  /// With `OPD_SLURM_TEST` set there is a cluster, as `scripts/slurm-check.sh` starts one.
  static let hasCluster = ProcessInfo.processInfo.environment["OPD_SLURM_TEST"] != nil

  @Test("is run by a real cluster: each task once, its log in the folder", .enabled(if: hasCluster))
  func cluster() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/opd slurm \(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let worker = folder + "/worker"
    try "#!/bin/bash\necho \"$@\" > \"$2/task-$SLURM_ARRAY_TASK_ID\"\n".write(
      toFile: worker, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker)
    var script = SlurmScript(program: worker, folder: folder, name: "opd test")
    script.workers = 3
    script.timeLimit = 60
    let path = folder + "/job.sh"
    try script.text().write(toFile: path, atomically: true, encoding: .utf8)
    var command = SlurmScript.submission(of: path)
    command.insert("--wait", at: 1)
    let number = try SlurmScript.jobNumber(in: try output(of: command))
    for task in 0..<3 {
      let said = try String(contentsOfFile: "\(folder)/task-\(task)", encoding: .utf8)
      #expect(said == "sweep \(folder) --worker --cores 1\n")
      #expect(FileManager.default.fileExists(atPath: "\(folder)/slurm-\(number)_\(task).log"))
    }
  }

  private func output(of command: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
