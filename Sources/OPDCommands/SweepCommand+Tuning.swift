internal import Runs
internal import Sweeps

extension SweepCommand {
  /// Chooses the settings of every case by runs in `OUT/tune`, and writes them beside the sweep's file.
  ///
  /// - Throws: `SweepError`; what wrong files and folders throw.
  func chooseSettings() async throws {
    let file = try SweepFile(sweep, arguments: overrides, tuned: .ignored)
    let laboratory = try OPDCommand.laboratory()
    var tuner = try SweepTuner(file) { try laboratory.planned($0) }
    while let plan = try tuner.plan() {
      var folder = SweepFolder(
        (out ?? "runs/\(file.name)") + "/tune", plan: plan, command: command(["--tune"]))
      folder.acceptsOtherBuilds = acceptBuild
      folder.keepsOthers = true
      if dryRun {
        try folder.check()
        return print(try await overview(folder).text(jobs: jobs, retryFailed: retryFailed))
      }
      do {
        try await carryOut(folder)
      } catch SweepError.runsFailed {
        // A rate so high that a run ends in no number is an answer: others are chosen from.
      }
      try tuner.choose(in: folder)
    }
    let chosen = try tuner.chosen(by: command(["--tune"]))
    try chosen.write(to: file.tunedPath)
    print(chosen.text)
    print("Written: \(file.tunedPath), which `opd sweep \(sweep)` applies")
  }
}
