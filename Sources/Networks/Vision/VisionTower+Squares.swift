package import Tensors

/// A tower whose connector is trained apart from it.
extension VisionTower {
  /// What a connector reads of tiles: the hidden states of each square of patches beside each other, one row a square.
  ///
  /// - Parameters:
  ///   - input: Tiles.
  ///   - tape: A tape bound to weights with the tower's.
  /// - Returns: Rows in the order of the decoder's tokens, `merge² · width` numbers each.
  /// - Throws: `VisionError` where the numbers do not fit the tower.
  package func squares(
    _ input: VisionInput<Scalar>, on tape: Tape<Scalar>
  ) throws -> Variable {
    guard case .tiles(let count, let height, let width) = input.layout else {
      throw VisionError.layout(configuration.family.rawValue)
    }
    let grid = try TileGrid(configuration, count, height, width)
    let hidden = try hidden(input, on: tape)
    return VisionMerger.squares(hidden, try grid.shuffled(), configuration, on: tape)
  }

  /// The way back from `squares(_:on:)`, which is computed once more: what it took is not held while the decoder is.
  ///
  /// - Parameters:
  ///   - input: Tiles.
  ///   - slopes: The gradient of a loss in their squares, as many numbers.
  ///   - tape: A tape that adds to a gradient.
  /// - Throws: As `squares(_:on:)`.
  package func differentiate(
    _ input: VisionInput<Scalar>, slopes: ArraySlice<Scalar>, on tape: Tape<Scalar>
  ) throws {
    let squares = try squares(input, on: tape)
    precondition(slopes.count == squares.rows * squares.columns, "A gradient of another shape.")
    tape.withValues(squares) { values in
      for (index, slope) in slopes.enumerated() { values[index] = slope }
    }
    tape.backward(from: squares)
  }
}

extension VisionConfiguration {
  /// Rows of a decoder that a picture becomes.
  package func rows(of parts: PictureParts) -> Int {
    switch parts {
    case .patches(let grid): grid.count / (merge * merge)
    case .tiles: parts.tiles * (side / merge) * (side / merge)
    }
  }

  /// Floating-point operations of the tower on a picture in tiles, forward: its matrices and attention's products.
  package func flops(of parts: PictureParts) -> Double {
    guard case .tiles(_, _, let high, let wide) = parts else { return 0 }
    let patches = Double((high / patch) * (wide / patch))
    let layer = 2 * patches * Double(width * (4 * width + 2 * hidden))
    let attention = 4 * patches * patches * Double(width)
    return Double(parts.tiles)
      * (2 * patches * Double(width * patchNumbers) + Double(layers) * (layer + attention))
  }

  /// Bytes of values and gradients while one tile is on its way back: norms, queries, keys, values, output and feed-forward.
  package var passBytes: Int {
    let numbers = 8 * width + 2 * hidden
    return 2 * side * side * numbers * layers * MemoryLayout<Float>.stride
  }
}
