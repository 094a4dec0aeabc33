import Foundation
import Testing

@testable import OPDCommands

@Suite("opd doctor")
struct DoctorTests {
  @Test("matrix products of another library are a failure")
  func otherBLAS() {
    let check = LibraryChecks.products(library: "/usr/lib/libgslcblas.so.0", ours: false, "")
    #expect(check.state == .fail)
    #expect(check.found.contains("libgslcblas"))
  }

  @Test("on this machine products, HDF5 and GSL are in order")
  func here() async {
    let checks = await LibraryChecks.all(data: nil)
    #expect(checks.filter { $0.state == .fail }.isEmpty)
    #expect(checks.first { $0.name == "BLAS" }?.found.contains("OpenBLAS") == true)
  }

  @Test("a data folder that is not there is a failure with a remedy")
  func noData() {
    let check = LibraryChecks.dataFolder("/nowhere/at/all")
    #expect(check.state == .fail && check.remedy != nil)
  }

  #if arch(x86_64)
  @Test("a processor without fused multiply-add fails and the missing feature is named")
  func oldProcessor() {
    let flags = MachineChecks.needed.filter { $0 != "fma" }.joined(separator: " ")
    let check = MachineChecks.processorCheck("model name\t: Old\nflags\t\t: fpu \(flags)\n")
    #expect(check.state == .fail)
    #expect(check.found == "Old, without fma")
  }
  #endif

  @Test("little memory is a warning")
  func memory() {
    #expect(MachineChecks.memoryCheck(total: 1 << 30).state == .warn)
    #expect(MachineChecks.memoryCheck(total: 16 << 30) == .ok("memory", "16.0 GiB"))
  }

  @Test("what to do stands under what was found")
  func text() {
    let text = DoctorCommand.text([.ok("cores", "2"), .warn("ffmpeg", "not found", "Install it.")])
    #expect(text == "ok    cores   2\nwarn  ffmpeg  not found\n              Install it.")
  }
}
