internal import CHDF5

/// The version of the HDF5 library that is loaded, such as `1.10.8`; `nil` if it cannot be asked.
package func loadedHDF5Version() -> String? {
  var major: UInt32 = 0
  var minor: UInt32 = 0
  var release: UInt32 = 0
  let called = try? HDF5Library.call { opd_hdf5_version(&major, &minor, &release) }
  return called == nil ? nil : "\(major).\(minor).\(release)"
}
