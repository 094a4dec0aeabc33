/// What stands in the chunks of a PNG file.
struct PNGChunks {
  /// The first chunk: size and kind.
  struct Header {
    let width: Int
    let height: Int
    let depth: Int
    let kind: Kind

    /// How a pixel is written; the raw value is the file's.
    enum Kind: UInt8 {
      case grey = 0
      case colour = 2
      case palette = 3
      case greyAlpha = 4
      case colourAlpha = 6

      var samples: Int {
        switch self {
        case .grey, .palette: 1
        case .greyAlpha: 2
        case .colour: 3
        case .colourAlpha: 4
        }
      }
    }

    /// Bytes of a row.
    var rowBytes: Int { (width * kind.samples * depth + 7) / 8 }
    /// How far back a filter's left neighbour lies, bytes.
    var pixelBytes: Int { max(1, kind.samples * depth / 8) }
  }

  let header: Header
  private(set) var palette: [UInt8] = []
  private(set) var transparency: [UInt8]?
  private(set) var data: [UInt8] = []

  /// Reads all chunks up to the last.
  init(_ file: [UInt8], most: Int) throws(Malformed) {
    guard file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
      throw Malformed(reason: "it does not begin as PNG files do")
    }
    var offset = 8
    guard let first = try Self.next(file, &offset), first.name == "IHDR" else {
      throw Malformed(reason: "its first part is not its size")
    }
    header = try Self.header(first.body, most: most)
    while let (name, body) = try Self.next(file, &offset), name != "IEND" {
      switch name {
      case "PLTE": palette = Array(body)
      case "tRNS": transparency = Array(body)
      case "IDAT": data.append(contentsOf: body)
      // A capital letter says that a picture cannot be read without this part.
      case let other where other.first?.isUppercase == true:
        throw Malformed(reason: "it has a part '\(other)'")
      default: continue
      }
    }
  }

  /// The next chunk, or `nil` at the end of the file.
  private static func next(
    _ file: [UInt8], _ offset: inout Int
  ) throws(Malformed) -> (name: String, body: ArraySlice<UInt8>)? {
    guard offset < file.count else { throw Malformed(reason: "it ends at byte \(offset)") }
    guard file.count - offset >= 12 else {
      throw Malformed(reason: "it ends within the part at byte \(offset)")
    }
    let length = number(file[offset..<offset + 4])
    guard length <= file.count - offset - 12 else {
      throw Malformed(reason: "the part at byte \(offset) should have \(length) bytes")
    }
    let end = offset + 8 + length
    let covered = file[offset + 4..<end]
    guard number(file[end..<end + 4]) == Int(CyclicRedundancy.checksum(Array(covered))) else {
      throw Malformed(reason: "the checksum of the part at byte \(offset) is another")
    }
    offset = end + 4
    return (String(decoding: covered.prefix(4), as: UTF8.self), covered.dropFirst(4))
  }

  private static func header(
    _ body: ArraySlice<UInt8>, most: Int
  ) throws(Malformed) -> Header {
    guard body.count == 13 else { throw Malformed(reason: "its size has \(body.count) bytes") }
    let values = Array(body)
    let (width, height) = (number(body.prefix(4)), number(body.dropFirst(4).prefix(4)))
    guard width > 0, height > 0, width <= most, height <= most / width else {
      throw Malformed(reason: "\(width) × \(height) pixels are none or too many")
    }
    guard let kind = Header.Kind(rawValue: values[9]) else {
      throw Malformed(reason: "it has pixels of kind \(values[9])")
    }
    let depths: [UInt8] = kind == .grey || kind == .palette ? [1, 2, 4, 8] : [8]
    guard depths.contains(values[8]) else {
      throw Malformed(reason: "it has \(values[8]) bits a channel, which are not read")
    }
    guard values[10] == 0, values[11] == 0 else {
      throw Malformed(reason: "it is packed in another way")
    }
    guard values[12] == 0 else { throw Malformed(reason: "it is interlaced, which is not read") }
    return Header(width: width, height: height, depth: Int(values[8]), kind: kind)
  }

  /// A whole number, the most significant byte first.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}

extension PNGChunks {
  /// One byte a channel: palettes looked up, grey of fewer bits spread over 0 … 255, transparent colours as alpha.
  func expanded(_ samples: [UInt8]) throws(Malformed) -> (channels: Int, bytes: [UInt8]) {
    switch header.kind {
    case .greyAlpha, .colourAlpha: return (header.kind.samples, samples)
    case .palette: return try lookedUp(unpacked(samples))
    case .grey, .colour:
      let values = unpacked(samples)
      let scale = header.depth < 8 ? UInt8(255 / ((1 << header.depth) - 1)) : 1
      guard let transparency else {
        return (header.kind.samples, scale == 1 ? values : values.map { $0 * scale })
      }
      return try keyed(values, scale, transparency)
    }
  }

  /// Samples of fewer than eight bits, one a byte.
  private func unpacked(_ samples: [UInt8]) -> [UInt8] {
    let depth = header.depth
    guard depth < 8 else { return samples }
    let mask = UInt8(1 << depth - 1)
    return (0..<header.height * header.width).map { pixel in
      let (row, column) = pixel.quotientAndRemainder(dividingBy: header.width)
      let byte = samples[row * header.rowBytes + column * depth / 8]
      return byte >> UInt8(8 - depth - column * depth % 8) & mask
    }
  }

  private func lookedUp(_ indices: [UInt8]) throws(Malformed) -> (channels: Int, bytes: [UInt8]) {
    let largest = Int(indices.max() ?? 0)
    guard palette.count.isMultiple(of: 3), largest < palette.count / 3 else {
      throw Malformed(reason: "a pixel has colour \(largest) of \(palette.count / 3)")
    }
    let alpha = transparency
    let bytes = indices.flatMap { index in
      let start = 3 * Int(index)
      let colour = palette[start..<start + 3]
      guard let alpha else { return Array(colour) }
      return colour + [Int(index) < alpha.count ? alpha[Int(index)] : 255]
    }
    return (alpha == nil ? 3 : 4, bytes)
  }

  /// An alpha channel that is 0 where a pixel has the one transparent colour.
  private func keyed(
    _ values: [UInt8], _ scale: UInt8, _ key: [UInt8]
  ) throws(Malformed) -> (channels: Int, bytes: [UInt8]) {
    let count = header.kind.samples
    // Two bytes a channel, the first of which is for sixteen bits.
    guard key.count == 2 * count else { throw Malformed(reason: "its transparent colour is none") }
    let colour = (0..<count).map { key[2 * $0 + 1] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count / count * (count + 1))
    for start in stride(from: 0, to: values.count, by: count) {
      let pixel = values[start..<start + count]
      bytes.append(contentsOf: pixel.lazy.map { $0 * scale })
      bytes.append(pixel.elementsEqual(colour) ? 0 : 255)
    }
    return (count + 1, bytes)
  }
}
