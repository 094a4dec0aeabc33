/// A picture read from a PNG file: eight bits a channel.
///
/// Grey, colour and palette pictures with and without transparency are read; sixteen bits a channel and interlaced files
/// are refused. Sizes and lengths are checked against the bytes that are there before memory is asked for.
/// Source: W3C, "Portable Network Graphics (PNG) Specification", third edition.
package struct PNGImage: Sendable, Hashable {
  /// Pixels of a row.
  package let width: Int
  /// Rows.
  package let height: Int
  /// Bytes of a pixel: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha.
  package let channels: Int
  /// Rows from the top, pixels from the left, `height · width · channels` bytes.
  package let bytes: [UInt8]

  /// Whether the last channel says how opaque a pixel is.
  package var hasAlpha: Bool { channels.isMultiple(of: 2) }

  /// The most pixels that are read: as many as Pillow reads.
  package static let mostPixels = 178_956_970

  /// Reads a file.
  ///
  /// - Throws: `StorageError.missingFile`, or `.unreadable` where it is no PNG file, is damaged, or is of a kind that is not
  ///   read, which the sentence names.
  package init(_ path: String) throws { try self.init(try TextFile.bytes(path), from: path) }

  /// Reads a file's bytes.
  ///
  /// - Parameters:
  ///   - file: The bytes.
  ///   - path: Where they come from, for sentences.
  ///   - most: The most pixels.
  /// - Throws: `StorageError.unreadable`, as `init(_:)`.
  package init(_ file: [UInt8], from path: String, most: Int = mostPixels) throws {
    do throws(Malformed) {
      let chunks = try PNGChunks(file, most: most)
      let header = chunks.header
      let samples = try chunks.samples()
      width = header.width
      height = header.height
      (channels, bytes) = try chunks.expanded(samples)
    } catch {
      throw StorageError.unreadable(path: path, format: "PNG", reason: error.reason)
    }
  }
}

extension PNGChunks {
  /// The rows as the file's filters leave them, `rowBytes` bytes each.
  func samples() throws(Malformed) -> [UInt8] {
    let rowBytes = header.rowBytes
    let count = (rowBytes + 1) * header.height
    // Deflate makes a byte of at least 1/1032.
    guard count / 1032 <= data.count else {
      throw Malformed(reason: "\(data.count) packed bytes cannot hold \(count)")
    }
    guard var rows = Inflated.bytes(data, count: count) else {
      throw Malformed(reason: "its pixels do not unpack to \(count) bytes")
    }
    var previous = [UInt8](repeating: 0, count: rowBytes)
    var result: [UInt8] = []
    result.reserveCapacity(rowBytes * header.height)
    for row in 0..<header.height {
      let start = row * (rowBytes + 1)
      let filter = rows[start]
      guard filter <= 4 else { throw Malformed(reason: "row \(row) has filter \(filter)") }
      undo(filter, &rows, start + 1, above: previous)
      previous = Array(rows[start + 1..<start + 1 + rowBytes])
      result.append(contentsOf: previous)
    }
    return result
  }

  /// Adds what a filter took away: nothing, the left, the upper, their mean, or the nearest of three.
  private func undo(
    _ filter: UInt8, _ rows: inout [UInt8], _ start: Int, above: [UInt8]
  ) {
    let step = header.pixelBytes
    guard filter > 0 else { return }
    for i in above.indices {
      let left = i >= step ? rows[start + i - step] : 0
      let corner = i >= step ? above[i - step] : 0
      let guess =
        switch filter {
        case 1: left
        case 2: above[i]
        case 3: UInt8((Int(left) + Int(above[i])) / 2)
        default: Self.nearest(Int(left), Int(above[i]), Int(corner))
        }
      rows[start + i] &+= guess
    }
  }

  /// Of left, upper and upper left the one that is nearest to `left + upper − corner`.
  private static func nearest(_ left: Int, _ upper: Int, _ corner: Int) -> UInt8 {
    let guess = left + upper - corner
    let (a, b, c) = (abs(guess - left), abs(guess - upper), abs(guess - corner))
    return UInt8(a <= b && a <= c ? left : b <= c ? upper : corner)
  }
}
