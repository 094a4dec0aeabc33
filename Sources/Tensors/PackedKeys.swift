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
    rotary: RotaryTable<Scalar>, scratch: UnsafeMutablePointer<Scalar>
  ) {
    let width = heads.width
    for head in 0..<heads.keyValueHeads {
      Rotary.apply(row + head * width, rotary, position: position, scale: 1, into: scratch)
      let key =
        keys(segment, head: head) + index / Multiply.panel * Multiply.panel * width
        + index % Multiply.panel
      for i in 0..<width { key[i * Multiply.panel] = scratch[i] }
      let source = row + (heads.keyValueHeads + head) * width
      let value = values(segment, head: head) + index * Multiply.panel
      let panelStride = Multiply.panel * capacities[segment]
      for i in 0..<width {
        value[i / Multiply.panel * panelStride + i % Multiply.panel] = source[i]
      }
    }
  }
}

/// Rotary positions, applied and undone.
enum Rotary {
  /// `target ← scale · R(position)·x`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func apply<Scalar: Real>(
    _ x: UnsafePointer<Scalar>, _ table: RotaryTable<Scalar>, position: Int, scale: Scalar,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let half = table.half
    precondition(position < table.positions, "Position \(position) of \(table.positions).")
    table.cosines.withUnsafeBufferPointer { cosines in
      table.sines.withUnsafeBufferPointer { sines in
        guard let cosine = cosines.baseAddress, let sine = sines.baseAddress else { return }
        let c = cosine + position * half
        let s = sine + position * half
        let vectors = half / 8 * 8
        for i in stride(from: 0, to: vectors, by: 8) {
          let first = load(x + i)
          let second = load(x + half + i)
          put((first * load(c + i) - second * load(s + i)) * scale, target + i)
          put((second * load(c + i) + first * load(s + i)) * scale, target + half + i)
        }
        for i in vectors..<half {
          let first = x[i]
          let second = x[half + i]
          target[i] = (first * c[i] - second * s[i]) * scale
          target[half + i] = (second * c[i] + first * s[i]) * scale
        }
      }
    }
  }

  /// `target ← (target +) scale · R(position)ᵀ·gradient`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func undo<Scalar: Real>(
    _ gradient: UnsafePointer<Scalar>, _ table: RotaryTable<Scalar>, position: Int, scale: Scalar,
    into target: UnsafeMutablePointer<Scalar>, adding: Bool
  ) {
    let half = table.half
    table.cosines.withUnsafeBufferPointer { cosines in
      table.sines.withUnsafeBufferPointer { sines in
        guard let cosine = cosines.baseAddress, let sine = sines.baseAddress else { return }
        let c = cosine + position * half
        let s = sine + position * half
        let vectors = half / 8 * 8
        for i in stride(from: 0, to: vectors, by: 8) {
          let (low, high) = (load(gradient + i), load(gradient + half + i))
          let first = (low * load(c + i) + high * load(s + i)) * scale
          let second = (high * load(c + i) - low * load(s + i)) * scale
          put(adding ? load(target + i) + first : first, target + i)
          put(adding ? load(target + half + i) + second : second, target + half + i)
        }
        for i in vectors..<half {
          let first = (gradient[i] * c[i] + gradient[half + i] * s[i]) * scale
          let second = (gradient[half + i] * c[i] - gradient[i] * s[i]) * scale
          target[i] = adding ? target[i] + first : first
          target[half + i] = adding ? target[half + i] + second : second
        }
      }
    }
  }
}
