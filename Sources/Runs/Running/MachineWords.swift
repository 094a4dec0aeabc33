internal import Foundation

/// The machine in words, for those who read a log elsewhere: processor, cores, memory and system, but no name.
enum MachineWords {
  /// Such as `AMD EPYC 9654, 16 cores, 134.2 GB, Linux 6.1.0`.
  static let text: String = {
    let machine = ProcessInfo.processInfo
    let memory = String(format: "%.1f GB", Double(machine.physicalMemory) / 1e9)
    let system = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?
      .split(separator: "\n").first.map { "Linux \($0)" }
    return [
      processor ?? "an unknown processor", "\(machine.processorCount) cores", memory,
      system ?? machine.operatingSystemVersionString,
    ].joined(separator: ", ")
  }()

  private static var processor: String? {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
      .split(separator: "\n")
    return lines?.first { $0.hasPrefix("model name") }?.split(separator: ":").last
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
