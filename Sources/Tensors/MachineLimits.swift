internal import Dispatch
internal import Foundation

/// What this machine can do at most, measured.
package enum MachineLimits {
  /// 10⁹ operations a second of the product kernel on products of 384 × 384 × 384, all threads together.
  package static func productGigaflops() -> Double {
    let size = 384
    let chunks = Parallel.threads
    let best =
      (0..<5).map { _ in
        let start = DispatchTime.now().uptimeNanoseconds
        Parallel.run(chunks: chunks) { _ in
          var a = [Float](repeating: 0.5, count: size * size)
          var packed = [Float](repeating: 0.25, count: Multiply.packedCount(k: size, n: size))
          var c = [Float](repeating: 0, count: size * size)
          a.withUnsafeMutableBufferPointer { a in
            packed.withUnsafeMutableBufferPointer { b in
              c.withUnsafeMutableBufferPointer { c in
                guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
                  return
                }
                for _ in 0..<20 {
                  Multiply.run(
                    m: size, n: size, k: size, a: a, rowStride: size, columnStride: 1, packed: b,
                    c: c, ldc: size, adding: false)
                }
              }
            }
          }
        }
        return Double(DispatchTime.now().uptimeNanoseconds - start)
      }.min() ?? .infinity
    return Double(chunks * 20 * 2 * size * size * size) / best
  }

  /// 10⁹ bytes a second of a plain copy of 256 MiB, read and write counted, one thread.
  package static func copyBandwidth() -> Double {
    let count = 32 << 20
    let source = [Double](repeating: 1, count: count)
    var target = [Double](repeating: 0, count: count)
    let best =
      (0..<3).map { _ in
        let start = DispatchTime.now().uptimeNanoseconds
        target.withUnsafeMutableBufferPointer { target in
          source.withUnsafeBufferPointer { _ = target.update(from: $0) }
        }
        return Double(DispatchTime.now().uptimeNanoseconds - start)
      }.min() ?? .infinity
    return Double(2 * 8 * count) / best
  }

  /// The most memory this process has held so far, bytes.
  package static func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) * 1024
  }
}
