/// Keys and values of segments, rotated and packed for the product kernel, one head after another.
struct PackedKeys<Scalar: Real> {
  let heads: HeadLayout
  /// How many keys each segment has room for.
  let capacities: [Int]
  let buffer: Buffer<Scalar>
  private let keyOffsets: [Int]
  private let valueOffsets: [Int]
  private let headStride: Int

  /// Room for segments.
  init(heads: HeadLayout, capacities: [Int], arena: Arena<Scalar>) {
    self.heads = heads
    self.capacities = capacities
    var offset = 0
    var keyOffsets: [Int] = []
    var valueOffsets: [Int] = []
    for capacity in capacities {
      keyOffsets.append(offset)
      offset += Multiply.packedCount(k: heads.width, n: capacity)
      valueOffsets.append(offset)
      offset += Multiply.packedCount(k: capacity, n: heads.width)
    }
    self.keyOffsets = keyOffsets
    self.valueOffsets = valueOffsets
    headStride = offset
    buffer = arena.take(offset * heads.keyValueHeads)
  }

  /// Kᵀ of a segment: width × capacity in panels.
  func keys(_ segment: Int, head: Int) -> UnsafeMutablePointer<Scalar> {
    buffer.pointer + head * headStride + keyOffsets[segment]
  }

  /// V of a segment: capacity × width in panels.
  func values(_ segment: Int, head: Int) -> UnsafeMutablePointer<Scalar> {
    buffer.pointer + head * headStride + valueOffsets[segment]
  }

  /// Writes one key and value at place `index` of a segment, for all heads.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func set(
    _ segment: Int, index: Int, row: UnsafePointer<Scalar>, position: Int,
    rotary: RotaryTable<Scalar>
  ) {
    let width = heads.width
    for head in 0..<heads.keyValueHeads {
      let key =
        keys(segment, head: head) + index / Multiply.panel * Multiply.panel * width
        + index % Multiply.panel
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: width) {
        guard let turned = $0.baseAddress else { return }
        Rotary.apply(row + head * width, rotary, position: position, scale: 1, into: turned)
        for i in 0..<width { key[i * Multiply.panel] = turned[i] }
      }
      let source = row + (heads.keyValueHeads + head) * width
      let value = values(segment, head: head) + index * Multiply.panel
      let panelStride = Multiply.panel * capacities[segment]
      for i in 0..<width {
        value[i / Multiply.panel * panelStride + i % Multiply.panel] = source[i]
      }
    }
  }
}
