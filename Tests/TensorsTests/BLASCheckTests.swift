import Testing

@testable import Tensors

@Suite("BLAS check")
struct BLASCheckTests {
  @Test("matrix products of this process are OpenBLAS's")
  func here() {
    let check = BLASCheck()
    #expect(check.isOpenBLAS)
    #expect(check.configuration.contains("OpenBLAS"))
    #expect(check.threads >= 1)
  }

  @Test("another library that defines cblas_sgemm is recognised")
  func other() {
    let check = BLASCheck(library: "/usr/lib/libgslcblas.so.0", configuration: "", threads: 1)
    #expect(!check.isOpenBLAS)
    #expect(!BLASCheck(library: nil, configuration: "", threads: 1).isOpenBLAS)
  }

  @Test("finds the file at an address in the kernel's list")
  func maps() {
    let maps = """
      10-20 r-xp 00000000 08:01 42                       /usr/lib/my library.so
      20-30 rw-p 00000000 00:00 0
      30-40 r-xp 00000000 08:01 43                       /usr/lib/libopenblas.so.0
      """
    #expect(BLASCheck.file(mappedAt: 0x10, in: maps) == "/usr/lib/my library.so")
    #expect(BLASCheck.file(mappedAt: 0x20, in: maps) == nil)
    #expect(BLASCheck.file(mappedAt: 0x3f, in: maps) == "/usr/lib/libopenblas.so.0")
    #expect(BLASCheck.file(mappedAt: 0x40, in: maps) == nil)
  }
}
