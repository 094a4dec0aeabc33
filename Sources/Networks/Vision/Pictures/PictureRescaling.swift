/// How bytes become the numbers a tower reads: `(byte · factor − mean) / deviation`, in single precision as processors do.
package struct PictureRescaling: Sendable, Hashable {
  /// What bytes are multiplied by, in double precision before it is rounded.
  package var factor: Double
  /// One number a colour.
  package var mean: [Float]
  /// One number a colour, not 0.
  package var deviation: [Float]

  /// A rescaling; 1/255, ½ and ½ where nothing is said.
  package init(
    factor: Double = 1 / 255, mean: [Float] = [0.5, 0.5, 0.5],
    deviation: [Float] = [0.5, 0.5, 0.5]
  ) {
    self.factor = factor
    self.mean = mean
    self.deviation = deviation
  }

  /// CLIP's means and deviations, which Qwen2-VL has taken over.
  package static let clip = PictureRescaling(
    mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711])

  /// The number of every byte, by colour.
  private var table: [[Float]] {
    (0..<3).map { colour in
      (0...255).map { (Float(Double($0) * factor) - mean[colour]) / deviation[colour] }
    }
  }

  /// The numbers of bytes that lie plane by plane.
  ///
  /// - Parameters:
  ///   - planes: Bytes, `planeSize` of a colour after each other, the three colours over and over.
  ///   - planeSize: Bytes of a plane.
  /// - Returns: As many numbers.
  package func values(planes: [UInt8], planeSize: Int) -> [Float] {
    let table = table
    return planes.enumerated().map { table[$0.offset / planeSize % 3][Int($0.element)] }
  }
}

extension Picture {
  /// The bytes of one colour after those of the other, `3 · height · width`.
  package var planes: [UInt8] {
    let count = width * height
    return (0..<3 * count).map { bytes[$0 % count * 3 + $0 / count] }
  }
}
