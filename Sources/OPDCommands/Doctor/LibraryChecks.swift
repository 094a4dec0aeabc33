internal import Foundation
internal import Programs
internal import Statistics
internal import Storage
internal import Tensors

/// Checks of the libraries, programs and data that `opd` uses.
enum LibraryChecks {
  /// The checks of this machine.
  static func all(data: String?) async -> [DoctorCheck] {
    let blas = BLASCheck()
    return [
      products(library: blas.library, ours: blas.isOpenBLAS, blas.configuration),
      .ok("BLAS threads", "\(blas.threads)"), hdf5(loadedHDF5Version()),
      .ok("GSL", loadedGSLVersion()), await ffmpeg(), dataFolder(data),
    ]
  }

  /// Whose matrix products these are.
  ///
  /// - Parameters:
  ///   - library: The file that `cblas_sgemm` is bound to.
  ///   - ours: Whether that is OpenBLAS.
  ///   - configuration: What OpenBLAS says about itself.
  /// - Returns: A failure unless it is OpenBLAS.
  static func products(library: String?, ours: Bool, _ configuration: String) -> DoctorCheck {
    let library = library ?? "an unknown library"
    guard ours else {
      return .fail(
        "BLAS", "cblas_sgemm is of \(library), not of OpenBLAS",
        "Link OpenBLAS before any other BLAS; -lgslcblas must not be linked at all.")
    }
    return .ok("BLAS", "\(configuration.trimmingCharacters(in: .whitespaces)) (\(library))")
  }

  /// The HDF5 library.
  static func hdf5(_ version: String?) -> DoctorCheck {
    guard let version else {
      return .fail("HDF5", "does not answer", "Install it again: apt-get install libhdf5-dev.")
    }
    return .ok("HDF5", version)
  }

  /// The `ffmpeg` program, which reads videos.
  static func ffmpeg() async -> DoctorCheck {
    let missing = DoctorCheck.warn(
      "ffmpeg", "not found", "To read video files, install it: apt-get install ffmpeg.")
    guard let program = ChildProgram.path(of: "ffmpeg") else { return missing }
    guard let line = await firstLine(of: program, ["-version"]) else { return missing }
    let words = line.split(separator: " ")
    return .ok("ffmpeg", words.count > 2 ? "\(words[2]) (\(program))" : program)
  }

  /// A folder with data sets, which the built-in world does not need.
  static func dataFolder(_ path: String?) -> DoctorCheck {
    guard let path else {
      return .ok("data", "no folder given: only the built-in world is at hand")
    }
    guard let entries = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return .fail("data", "\(path) is no folder", "Give the folder that holds the data sets.")
    }
    return .ok("data", "\(path): \(entries.sorted().joined(separator: ", "))")
  }

  private static func firstLine(of program: String, _ arguments: [String]) async -> String? {
    let said = try? await ChildProgram(program, arguments).read()
    return said?.text.split(separator: "\n").first.map(String.init)
  }
}
