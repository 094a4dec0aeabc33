internal import ArgumentParser
internal import Core
internal import Foundation
internal import Programs
internal import Storage
internal import Sweeps

/// Where the runs of a sweep are carried out.
enum SweepPlace: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// Here.
  case local
  /// On a cluster of Slurm.
  case slurm
  /// Where the command of the sweep's `engine` starts workers.
  case command
}

/// What `opd sweep` asks of a cluster.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: "Where runs are carried out; where the sweep's 'engine' says if it has one, else here."
  )
  var engine: SweepPlace?

  @Flag(help: "Write the script that starts workers and do not run it.")
  var export = false

  @Option(help: "The partition.")
  var partition: String?

  @Option(help: "The account that pays.")
  var account: String?

  @Option(help: "Memory a task, in MiB.")
  var memory: Int?

  @Option(help: "The number of a job that must have succeeded before; may be given several times.")
  var after: [Int] = []

  @Option(help: "Hours after which the cluster ends a task.")
  var timeLimit = 24.0

  @Option(help: "Processors a task.")
  var cores = 1

  /// Refuses numbers that mean nothing.
  func validate() throws {
    // A year: no cluster gives more, and the seconds of any number below it are a whole number.
    try check("--time-limit", timeLimit, .above(0, to: 8784))
    try check("--cores", cores, 1...4096)
    try check("--memory", memory, 1...NumberRange.most)
    for job in after { try check("--after", job, 1...Int(Int32.max)) }
  }

  /// Where runs are carried out, given what the sweep's file says.
  func place(of launcher: SweepLauncher?) -> SweepPlace {
    engine ?? (launcher == nil ? .local : .command)
  }

  /// Writes the script of an array job, `jobs` tasks wide, and submits it.
  func submit(_ folder: SweepFolder, jobs: Int) async throws {
    try folder.create()
    let path = URL(filePath: folder.path).standardizedFileURL.path
    var script = SlurmScript(program: Self.program, folder: path, name: "opd-\(folder.plan.name)")
    script.workers = jobs
    script.threads = cores
    script.timeLimit = max(1, Int(timeLimit * 3600))
    script.partition = partition
    script.account = account
    script.memory = memory
    script.after = after
    let file = path + "/slurm.sh"
    try script.text().write(toFile: file, atomically: true, encoding: .utf8)
    guard !export else { return print("Written: \(file)") }
    let said = try await Self.output(SlurmScript.submission(of: file))
    let number = try SlurmScript.jobNumber(in: said)
    print("Submitted: job \(number), \(jobs) tasks")
  }

  /// Writes the script that starts workers, and becomes it: signals, output and status are the script's.
  func launch(_ folder: SweepFolder, with launcher: SweepLauncher?, jobs: Int) throws {
    guard let launcher else {
      throw ValidationError(
        "--engine command needs the sweep's file, and in it: engine: {command: …, count: …}.")
    }
    guard jobs == 1 else {
      throw ValidationError("--jobs is for workers here: set engine.count for those elsewhere.")
    }
    try folder.create()
    let path = URL(filePath: folder.path).standardizedFileURL.path
    let script = launcher.script(
      for: [Self.program, "sweep", path, "--worker", "--cores", "\(cores)"])
    let file = path + "/launch.sh"
    try script.write(toFile: file, atomically: true, encoding: .utf8)
    guard !export else { return print("Written: \(file)") }
    become("/bin/sh", [file])
    throw SweepError.unusable(
      place: file, reason: "/bin/sh cannot be started", remedy: "Run the file with another shell.")
  }

  private static var program: String {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
  }

  private static func output(_ command: [String]) async throws -> String {
    try await ChildProgram("/usr/bin/env", command).read {
      FileHandle.standardError.write(Data("\($0)\n".utf8))
    }.text
  }
}
