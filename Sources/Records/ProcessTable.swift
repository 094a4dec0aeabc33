internal import Foundation

/// The processes of this machine.
enum ProcessTable {
  /// When a process began, in clock ticks since the machine did; `nil` where there is none, or only what is left of one.
  static func began(_ process: Int32) -> String? {
    guard let fields = fields(of: process), fields[0] != "Z", fields[0] != "X" else { return nil }
    return fields[19]
  }

  /// The process that started one.
  private static func parent(of process: Int32) -> Int32? {
    fields(of: process).flatMap { Int32($0[1]) }
  }

  /// What the system says of a process behind its name: state, parent and at least 18 numbers more.
  private static func fields(of process: Int32) -> [String]? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
      return nil
    }
    // The name, in brackets, may hold spaces; state is the first field behind it, the start the twentieth.
    let text = String(decoding: data, as: UTF8.self)
    guard let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    return fields.count > 19 ? fields.map(String.init) : nil
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
    for number in workers(of: folder) {
      kill(number, SIGKILL)
      for _ in 0..<500 where began(number) != nil { usleep(10_000) }
    }
  }

  /// Asks the process that carries a run out to save and end, with SIGTERM: the one that `holder` started for it, or `holder`
  /// itself where that is `opd train`; never what either of them started in turn, nor the engine of a sweep.
  ///
  /// - Returns: Whether there was one to ask.
  static func ask(workerOf folder: String, startedBy holder: Int32) -> Bool {
    let own = workers(of: folder).filter { parent(of: $0) == holder }
    guard let worker = own.first ?? (isTraining(holder) ? holder : nil) else { return false }
    return kill(worker, SIGTERM) == 0
  }

  private static func isTraining(_ process: Int32) -> Bool {
    let words = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
    return words.split(separator: 0).dropFirst().first.map { $0.elementsEqual("train".utf8) }
      ?? false
  }

  /// Every other process that was started for a run, and what those started.
  private static func workers(of folder: String) -> [Int32] {
    let mark = Data(
      "\(RunLease.variable)=\(URL(filePath: folder).standardizedFileURL.path)\0".utf8)
    let own = ProcessInfo.processInfo.processIdentifier
    let numbers = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [])
      .compactMap { Int32($0) }
    return numbers.filter { number in
      number != own
        && FileManager.default.contents(atPath: "/proc/\(number)/environ")?.range(of: mark) != nil
    }
  }
}
