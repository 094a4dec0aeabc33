internal import CHDF5

/// Numbers in and out, each array whole.
extension HDF5File {
  /// The numbers of a dataset, row-major, converted from half or double precision or whole numbers where it holds those.
  ///
  /// - Throws: `StorageError.missingDataset`, `.wrongKind`, or `.unreadable` if the file is damaged.
  package func floats(_ name: String) throws -> [Float] {
    try numbers(name) { opd_hdf5_read_float(handle, name, $0, $1) }
  }

  /// The numbers of a dataset in double precision, row-major.
  ///
  /// - Throws: As `floats(_:)`.
  package func doubles(_ name: String) throws -> [Double] {
    try numbers(name) { opd_hdf5_read_double(handle, name, $0, $1) }
  }

  /// The whole numbers of a dataset, row-major.
  ///
  /// - Throws: As `floats(_:)`, and `.wrongKind` if the dataset holds real numbers.
  package func integers(_ name: String) throws -> [Int] {
    guard try kind(name) == Int32(OPD_HDF5_INTEGER) else {
      throw StorageError.wrongKind(path: path, name: name, expected: "whole numbers")
    }
    let values: [Int64] = try numbers(name) { opd_hdf5_read_int64(handle, name, $0, $1) }
    return values.map { Int($0) }
  }

  /// The strings of a dataset, of fixed or variable length.
  ///
  /// - Throws: `StorageError.missingDataset`, or `.wrongKind` if the dataset holds no text.
  package func texts(_ name: String) throws -> [String] {
    guard try kind(name) == Int32(OPD_HDF5_TEXT) else {
      throw StorageError.wrongKind(path: path, name: name, expected: "text")
    }
    do {
      return try HDF5Library.strings { opd_hdf5_read_texts(handle, name, $0) }
    } catch {
      throw StorageError.unreadable(path: path, format: "HDF5", reason: "\(name): \(error.reason)")
    }
  }

  /// Writes a dataset in single precision, with the groups on the way to it.
  ///
  /// - Precondition: `values` has as many numbers as `shape` says.
  /// - Throws: `StorageError.unwritable`, also if the name is taken.
  package func write(_ name: String, _ values: [Float], shape: [Int]) throws {
    try write(name, values.count, shape) { extents in
      opd_hdf5_write_float(handle, name, Int32(shape.count), extents, values)
    }
  }

  /// Writes a dataset in double precision, with the groups on the way to it.
  ///
  /// - Precondition: `values` has as many numbers as `shape` says.
  /// - Throws: `StorageError.unwritable`, also if the name is taken.
  package func write(_ name: String, _ values: [Double], shape: [Int]) throws {
    try write(name, values.count, shape) { extents in
      opd_hdf5_write_double(handle, name, Int32(shape.count), extents, values)
    }
  }

  /// Writes a dataset of whole numbers, with the groups on the way to it.
  ///
  /// - Precondition: `values` has as many numbers as `shape` says.
  /// - Throws: `StorageError.unwritable`, also if the name is taken.
  package func write(_ name: String, _ values: [Int], shape: [Int]) throws {
    let wide = values.map { Int64($0) }
    try write(name, values.count, shape) { extents in
      opd_hdf5_write_int64(handle, name, Int32(shape.count), extents, wide)
    }
  }

  // MARK: The steps they share

  private func kind(_ name: String) throws -> Int32 {
    guard try exists(name) else { throw try missing(name) }
    return try reading(name) { opd_hdf5_kind(handle, name) }
  }

  private func numbers<Number: Numeric>(
    _ name: String, _ read: (UnsafeMutablePointer<Number>, Int) -> Int32
  ) throws -> [Number] {
    let kind = try kind(name)
    guard kind == Int32(OPD_HDF5_REAL) || kind == Int32(OPD_HDF5_INTEGER) else {
      throw StorageError.wrongKind(path: path, name: name, expected: "numbers")
    }
    try requireUnpackable(name)
    let count = try count(name)
    var values = [Number](repeating: 0, count: count)
    guard count > 0 else { return values }
    try values.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      _ = try reading(name) { read(start, count) }
    }
    return values
  }

  /// Refuses a dataset that nobody here can unpack, by what packed it.
  private func requireUnpackable(_ name: String) throws {
    let filter = try reading(name) { opd_hdf5_missing_filter(handle, name) }
    guard filter > 0 else { return }
    // The registered numbers that feature files are met with: h5py's own, and those of hdf5plugin.
    let names: [Int32: String] = [
      4: "szip", 307: "bzip2", 32000: "lzf", 32001: "blosc", 32004: "lz4", 32015: "zstd",
    ]
    throw StorageError.packed(
      path: path, name: name, filter: names[filter] ?? "filter \(filter)")
  }

  /// How many numbers a dataset has, if the file can hold so many: a damaged one may claim any number.
  private func count(_ name: String) throws -> Int {
    // Deflate packs 1,032 bytes into one at most.
    let limit = try reading(name) { opd_hdf5_size(handle) }.multipliedReportingOverflow(by: 1032)
    var count = 1
    for extent in try shape(of: name) {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow, limit.overflow || product <= limit.partialValue else {
        throw StorageError.unreadable(
          path: path, format: "HDF5", reason: "\(name) claims more numbers than the file can hold")
      }
      count = product
    }
    return count
  }

  private func write(
    _ name: String, _ count: Int, _ shape: [Int], _ body: ([Int64]) -> Int32
  ) throws {
    precondition(count == shape.reduce(1, *), "\(count) numbers are not of shape \(shape).")
    _ = try writing { body(shape.map { Int64($0) }) }
  }
}
