internal import COpenBLAS
internal import Foundation

/// Which library the matrix products of this process really come from.
///
/// A program that links GSL's reference BLAS as well may bind `cblas_sgemm` to it: everything works, 10 to 25 times slower.
package struct BLASCheck: Sendable, Hashable {
  /// The file that `cblas_sgemm` is bound to, or `nil` if the loader does not say.
  package var library: String?
  /// What OpenBLAS says about itself: version, processor, threads it was built for.
  package var configuration: String
  /// The threads OpenBLAS uses for one product.
  package var threads: Int

  /// Asks the dynamic loader and OpenBLAS.
  package init() {
    library = Self.file(defining: "cblas_sgemm")
    configuration = openblas_get_config().map { String(cString: $0) } ?? ""
    threads = Int(openblas_get_num_threads())
  }

  init(library: String?, configuration: String, threads: Int) {
    self.library = library
    self.configuration = configuration
    self.threads = threads
  }

  /// Whether products are OpenBLAS's: its name is in the name of the file, or the file has OpenBLAS's own functions.
  package var isOpenBLAS: Bool {
    guard let library else { return false }
    return library.lowercased().contains("openblas")
      || library == Self.file(defining: "openblas_get_config")
  }

  /// The file of the first definition of a symbol in the order in which the loader searches.
  ///
  /// The loader's own `dladdr` is hidden from Swift by glibc's feature macros; the kernel's list of mapped files says the
  /// same.
  static func file(defining symbol: String) -> String? {
    // Not String(contentsOfFile:), which stops after the first page of such a file.
    guard let address = dlsym(nil, symbol),
      let maps = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd()
    else { return nil }
    return file(mappedAt: UInt(bitPattern: address), in: String(decoding: maps, as: UTF8.self))
  }

  /// The file at an address, from lines such as `7f00-7f80 r-xp 00000000 08:01 42 /usr/lib/libopenblas.so.0`.
  static func file(mappedAt address: UInt, in maps: String) -> String? {
    for line in maps.split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      guard fields.count == 6, ends.count == 2, ends[0] <= address, address < ends[1] else {
        continue
      }
      return fields[5].trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
