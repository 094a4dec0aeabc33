import MyPlugins
import OPDCommands

/// The whole `opd` command, with three more plug-ins.
@main
struct MyOPD {
  static func main() async {
    await OPDCommand.start { try .withMyPlugins() }
  }
}
