extension Picture {
  /// The picture in another size, with Pillow's bits.
  ///
  /// Rows and columns are resampled one after the other, and the picture between is rounded to eight bits, so the order shows:
  /// the vertical pass goes first where the height shrinks and `h − h′ > 2·(w − w′)` (Pillow from 13 on; before, never). A
  /// pass that changes nothing is left out.
  ///
  /// - Complexity: O(new width · old height + new size) times what the filter reaches, integer operations.
  package func resized(width: Int, height: Int, _ filter: Resampling) -> Picture {
    precondition(width > 0 && height > 0, "A picture of \(width) × \(height) has no pixels.")
    if width == self.width, height == self.height { return self }
    guard filter != .nearest else { return nearest(width, height) }
    let shrinks = height < self.height
    let isVerticalFirst = shrinks && self.height - height > 2 * (self.width - width)
    return isVerticalFirst
      ? vertical(height, filter).horizontal(width, filter)
      : horizontal(width, filter).vertical(height, filter)
  }

  /// Pillow adds up steps from the middle of the first pixel.
  private func nearest(_ width: Int, _ height: Int) -> Picture {
    func places(_ old: Int, _ new: Int) -> [Int] {
      let step = Double(old) / Double(new)
      var at = step * 0.5
      return (0..<new).map { _ in
        defer { at += step }
        return min(old - 1, Int(at))
      }
    }
    let columns = places(self.width, width)
    var result: [UInt8] = []
    result.reserveCapacity(3 * width * height)
    for row in places(self.height, height) {
      for column in columns {
        let start = 3 * (row * self.width + column)
        result.append(contentsOf: bytes[start..<start + 3])
      }
    }
    return Picture(width: width, height: height, bytes: result)
  }

  private func horizontal(_ width: Int, _ filter: Resampling) -> Picture {
    guard width != self.width else { return self }
    let kernel = ResamplingKernel(filter, from: self.width, to: width)
    var result = [UInt8](repeating: 0, count: 3 * width * height)
    for row in 0..<height {
      for column in 0..<width {
        var (red, green, blue) = (
          ResamplingKernel.half, ResamplingKernel.half, ResamplingKernel.half
        )
        var source = 3 * (row * self.width + kernel.starts[column])
        for index in column * kernel.width..<column * kernel.width + kernel.counts[column] {
          let weight = kernel.weights[index]
          red &+= Int32(bytes[source]) &* weight
          green &+= Int32(bytes[source + 1]) &* weight
          blue &+= Int32(bytes[source + 2]) &* weight
          source += 3
        }
        let target = 3 * (row * width + column)
        result[target] = ResamplingKernel.pixel(red)
        result[target + 1] = ResamplingKernel.pixel(green)
        result[target + 2] = ResamplingKernel.pixel(blue)
      }
    }
    return Picture(width: width, height: height, bytes: result)
  }

  private func vertical(_ height: Int, _ filter: Resampling) -> Picture {
    guard height != self.height else { return self }
    let kernel = ResamplingKernel(filter, from: self.height, to: height)
    let stride = 3 * width
    var result: [UInt8] = []
    result.reserveCapacity(stride * height)
    var sums = [Int32](repeating: 0, count: stride)
    for row in 0..<height {
      for i in 0..<stride { sums[i] = ResamplingKernel.half }
      for index in 0..<kernel.counts[row] {
        let weight = kernel.weights[row * kernel.width + index]
        let start = (kernel.starts[row] + index) * stride
        for i in 0..<stride { sums[i] &+= Int32(bytes[start + i]) &* weight }
      }
      result.append(contentsOf: sums.lazy.map { ResamplingKernel.pixel($0) })
    }
    return Picture(width: width, height: height, bytes: result)
  }
}
