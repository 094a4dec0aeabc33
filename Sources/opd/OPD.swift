internal import OPDCommands

/// The program: the `opd` command with every built-in subcommand.
@main
struct OPD {
  static func main() async {
    await OPDCommand.start()
  }
}
