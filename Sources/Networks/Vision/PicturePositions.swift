package import Core

/// Where the tokens of a prompt with pictures and videos stand in time, row and column.
///
/// Text stands at one number along all axes, which goes up by one a token. A merged patch of a picture stands at the number
/// the text had reached plus its step in time, row and column; then text goes on.
/// Source: Wang et al., "Qwen2-VL", arXiv:2409.12191, §2.1.
package struct PicturePositions: Sendable, Hashable {
  /// Where each token stands.
  package private(set) var spots: [RotarySpot] = []
  /// Where the token after the prompt stands.
  package private(set) var next = 0

  /// Where text goes on after a picture or a video.
  package enum Continuation: Sendable, Hashable {
    /// After the largest number that was used: Qwen's own rule, by which its models were trained, and transformers 4's.
    case largest
    /// After the longer side of the picture, even where time ran further: transformers 5.24's.
    case side
  }

  /// A picture or a video in a prompt.
  package struct Block: Sendable, Hashable {
    /// Its patches, before they are merged.
    package var grid: PatchGrid
    /// How far apart steps in time are, positions; fractions are cut off the products, not off this.
    package var interval: Float

    /// A block; a picture's steps lie one position apart.
    package init(_ grid: PatchGrid, interval: Float = 1) {
      self.grid = grid
      self.interval = interval
    }
  }

  /// - Parameters:
  ///   - tokens: The prompt's tokens.
  ///   - placeholders: The tokens in whose places rows of pictures and videos stand.
  ///   - blocks: Pictures and videos in the order of the prompt.
  ///   - merge: Patches on a side of what is merged.
  ///   - continuation: Where text goes on.
  /// - Throws: `VisionError.tokens` where there are not as many placeholders as the blocks have merged patches.
  package init(
    _ tokens: [Token], placeholders: Set<Token>, blocks: [Block], merge: Int,
    continuation: Continuation = .largest
  ) throws {
    let expected = blocks.reduce(0) { $0 + $1.grid.count / (merge * merge) }
    let count = tokens.count { placeholders.contains($0) }
    guard count == expected else { throw VisionError.tokens(count, expected: expected) }
    var waiting = blocks[...]
    while spots.count < tokens.count {
      guard placeholders.contains(tokens[spots.count]), let block = waiting.popFirst() else {
        spots.append(RotarySpot(text: next))
        next += 1
        continue
      }
      let (rows, columns) = (block.grid.rows / merge, block.grid.columns / merge)
      guard
        tokens[spots.count...].prefix(block.grid.time * rows * columns)
          .allSatisfy(placeholders.contains)
      else { throw VisionError.tokens(count, expected: expected) }
      append(block, rows, columns)
      let longest = continuation == .side ? 0 : Int(Float(block.grid.time - 1) * block.interval) + 1
      next += max(rows, columns, longest)
    }
  }

  private mutating func append(_ block: Block, _ rows: Int, _ columns: Int) {
    for time in 0..<block.grid.time {
      for row in 0..<rows {
        for column in 0..<columns {
          spots.append(
            RotarySpot(
              time: next + Int(Float(time) * block.interval), row: next + row,
              column: next + column))
        }
      }
    }
  }
}
