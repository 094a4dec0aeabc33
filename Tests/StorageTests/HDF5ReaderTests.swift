import Core
import Foundation
import Storage
import Testing

/// A file that is read is open in a child process, which may die of it.
@Suite("A reader of HDF5 files")
struct HDF5ReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func written(_ name: String = "a.h5") throws -> String {
    let path = scratch(name)
    let file = try HDF5File.create(path)
    try file.write("rows", [1, 2, 3] as [Float], shape: [3])
    try file.write(attribute: "note", "as it was")
    return path
  }

  /// What the open files of a process are: paths, `socket:[…]`, `pipe:[…]`.
  private func openFiles(of process: Int32) -> [String] {
    let folder = "/proc/\(process)/fd"
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return numbers.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
    }
  }

  /// The child that has a file open; this process has not.
  private func reader(of path: String) throws -> Int32 {
    let entries = try FileManager.default.contentsOfDirectory(atPath: "/proc")
    let processes = entries.compactMap { Int32($0) }
    let readers = processes.filter { $0 != getpid() && openFiles(of: $0).contains(path) }
    #expect(!openFiles(of: getpid()).contains(path))
    return try #require(readers.count == 1 ? readers.first : nil)
  }

  @Test("keeps nothing open but the file, for a pipe that a child holds never ends")
  func openFiles() throws {
    let path = try written()
    let pipe = Pipe()
    let file = try HDF5File.open(path)
    let kept = openFiles(of: try reader(of: path))
    #expect(kept.filter { $0 == path }.count == 1)
    #expect(kept.filter { $0.hasPrefix("socket:") }.count == 1)
    #expect(kept.allSatisfy { !$0.hasPrefix("pipe:") })
    // The other end of the pipe is nobody's now, so reading it ends.
    try pipe.fileHandleForWriting.close()
    #expect(try pipe.fileHandleForReading.readToEnd() ?? Data() == Data())
    #expect(try file.floats("rows") == [1, 2, 3])
  }

  @Test("may be killed: later questions are refused, and the file can be opened anew")
  func killed() throws {
    let path = try written()
    let file = try HDF5File.open(path)
    #expect(try file.floats("rows") == [1, 2, 3])
    kill(try reader(of: path), SIGKILL)
    let first = storageError { _ = try file.floats("rows") }
    #expect(first?.description.contains("was killed, perhaps for want of memory") == true)
    let second = storageError { _ = try file.names() }
    #expect(second?.description.contains("its reader was ended") == true)
    #expect(try HDF5File.open(path).floats("rows") == [1, 2, 3])
  }

  @Test("ends with the file, and outlives an interruption meant for its owner")
  func signals() throws {
    let path = try written()
    var file: HDF5File? = try HDF5File.open(path)
    let process = try reader(of: path)
    for signal in [SIGINT, SIGTERM, SIGHUP] { kill(process, signal) }
    #expect(try file?.attribute("note") == "as it was")
    file = nil
    #expect(kill(process, 0) == -1 && errno == ESRCH)
  }

  @Test("many files at a time keep apart, whoever is closed first")
  func many() throws {
    let paths = try (0..<5).map { try written("\($0).h5") }
    for (number, path) in paths.enumerated() {
      try AtomicFile.replace(path) { temporary in
        try HDF5File.create(temporary).write("own", [Float(number)], shape: [1])
      }
    }
    var files = try paths.map { try HDF5File.open($0) }
    files.remove(at: 2)
    files.append(try HDF5File.open(paths[2]))
    #expect(try files.map { try $0.floats("own")[0] } == [0, 1, 3, 4, 2])
  }
}
