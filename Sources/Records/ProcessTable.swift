internal import Foundation

/// The processes of this machine.
enum ProcessTable {
  /// When a process began, in clock ticks since the machine did; `nil` where there is none, or only what is left of one.
  static func began(_ process: Int32) -> String? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
      return nil
    }
    // The name, in brackets, may hold spaces; state is the first field behind it, the start the twentieth.
    let text = String(decoding: data, as: UTF8.self)
    guard let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return String(fields[19])
  }

  /// What a number of a process means something on: this machine since it was started, and the container within it.
  static let machine: String = {
    let boot = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
    let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    let words = String(decoding: boot, as: UTF8.self).split(separator: "\n").map(String.init)
    return (words + [space ?? ""]).joined(separator: " ")
  }()

  /// Ends every process that was started for a run, and waits until it is gone.
  static func end(workersOf folder: String) {
    let mark = Data(
      "\(RunLease.variable)=\(URL(filePath: folder).standardizedFileURL.path)\0".utf8)
    let own = ProcessInfo.processInfo.processIdentifier
    let numbers = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [])
      .compactMap { Int32($0) }
    for number in numbers where number != own {
      guard let variables = FileManager.default.contents(atPath: "/proc/\(number)/environ"),
        variables.range(of: mark) != nil
      else { continue }
      kill(number, SIGKILL)
      for _ in 0..<500 where began(number) != nil { usleep(10_000) }
    }
  }
}
