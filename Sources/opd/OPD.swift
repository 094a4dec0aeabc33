internal import OPDCommands

@main
struct OPD {
  static func main() { BenchCommand.main() }
}
