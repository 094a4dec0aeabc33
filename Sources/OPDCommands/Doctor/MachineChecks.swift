internal import Foundation

/// Checks of the processor and the memory.
enum MachineChecks {
  /// What x86-64-v3 needs, as Linux writes it; `abm` is the kernel's word for LZCNT.
  ///
  /// Source: System V application binary interface, AMD64 supplement, table 3.1.
  static let needed = [
    "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave",
  ]

  /// Memory below which the larger experiments may not fit, in bytes.
  static let comfortable: UInt64 = 3 << 30

  /// The checks of this machine.
  static func all() -> [DoctorCheck] {
    let processor = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let information = ProcessInfo.processInfo
    return [
      processorCheck(processor ?? ""),
      .ok("cores", "\(information.activeProcessorCount)"),
      memoryCheck(total: information.physicalMemory),
    ]
  }

  /// The processor, from the text of `/proc/cpuinfo`.
  static func processorCheck(_ text: String) -> DoctorCheck {
    let model = field("model name", in: text) ?? "unknown model"
    #if arch(x86_64)
    guard let flags = field("flags", in: text) else {
      return .warn(
        "processor", model, "Its features are unknown; it must have AVX2 and FMA (x86-64-v3).")
    }
    let has = Set(flags.split(separator: " ").map(String.init))
    let missing = needed.filter { !has.contains($0) }
    guard missing.isEmpty else {
      return .fail(
        "processor", "\(model), without \(missing.joined(separator: ", "))",
        "Use a processor with x86-64-v3 (2013 or later), or build without -march=x86-64-v3.")
    }
    return .ok("processor", "\(model); x86-64-v3 (AVX2, FMA)")
    #else
    return .ok("processor", model)
    #endif
  }

  /// The memory, by its size in bytes.
  static func memoryCheck(total: UInt64) -> DoctorCheck {
    let size = String(format: "%.1f GiB", Double(total) / Double(1 << 30))
    guard total < comfortable else { return .ok("memory", size) }
    return .warn("memory", size, "Use smaller groups or `threads: 1` if a run is killed.")
  }

  /// The value of the first line with this key.
  static func field(_ key: String, in text: String) -> String? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == key else { continue }
      return parts[1].trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
