/// How a prompt of Idefics3 and SmolVLM shows where the tiles of a picture are.
package struct TileMarkers: Sendable, Hashable {
  /// What stands before and after a picture.
  package var border = "<fake_token_around_image>"
  /// What a row of a tile stands in the place of.
  package var image = "<image>"
  /// What stands before the whole picture.
  package var whole = "<global-img>"

  /// The published models' markers.
  package init() {}

  /// A prompt in which every picture is written out.
  ///
  /// - Parameters:
  ///   - text: A prompt with one `image` a picture.
  ///   - pictures: How the pictures were cut, in their order.
  ///   - length: How many rows a tile becomes.
  /// - Returns: The prompt with as many `image` as there are rows.
  /// - Throws: `VisionError.tokens` where there are not as many markers as pictures.
  package func expanded(_ text: String, pictures: [PictureParts], length: Int) throws -> String {
    let parts = text.split(separator: image, omittingEmptySubsequences: false)
    guard parts.count == pictures.count + 1 else {
      throw VisionError.tokens(parts.count - 1, expected: pictures.count)
    }
    return zip(pictures, parts.dropFirst()).reduce(String(parts[0])) {
      $0 + self.text($1.0, length: length) + $1.1
    }
  }

  /// One picture: its tiles row by row, then the whole; or the whole alone.
  private func text(_ picture: PictureParts, length: Int) -> String {
    let rows = String(repeating: image, count: length)
    let last = border + whole + rows + border
    guard case .tiles(let high, let wide, _, _) = picture, high > 0 else { return last }
    let lines = (1...high).map { row in
      (1...wide).map { "\(border)<row_\(row)_col_\($0)>\(rows)" }.joined() + "\n"
    }
    return lines.joined() + "\n" + last
  }
}
