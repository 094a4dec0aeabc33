internal import Core
internal import Foundation
internal import Storage

/// Reference values of an array of pixels.
struct GoldenPixels: Decodable {
  var shape: [Int]
  var sum: Double
  var crc32: UInt32
  var indices: [Int]
  var samples: [Double]

  /// Whether bytes are these, to the bit.
  func agrees(_ bytes: [UInt8]) -> Bool {
    bytes.count == shape.reduce(1, *) && CyclicRedundancy.checksum(bytes) == crc32
  }

  /// How far numbers are from these.
  func distance(_ values: [Float]) -> Double {
    guard values.count == shape.reduce(1, *), indices.allSatisfy(values.indices.contains) else {
      return .infinity
    }
    return zip(indices, samples).reduce(0) {
      largestError($0, (Double(values[$1.0]) - $1.1).magnitude)
    }
  }
}

/// Compares pictures made ready for towers with what Pillow and image processors made of the same files.
enum PictureGolden {
  private struct File: Decodable {
    var rgb: [String: GoldenPixels]
    var processors: [String: Processor]
    var pillow_resize_width_x_height: [String: GoldenPixels]
    var qwen2_vl_smart_resize_height_x_width: Sizes?
    var smolvlm_256m_tiles_rows_columns_of_height_x_width: [String: [Int]]?
  }

  private struct Sizes: Decodable { var cases: [String: [Int]] }

  private struct Processor: Decodable {
    struct Image: Decodable {
      var pixel_values: GoldenPixels
      var resized_before_rescaling_as_uint8: GoldenPixels
      var rows: [Int]?
      var cols: [Int]?
      var image_grid_thw: [[Int]]?
      var sum_of_each_tile: [Double]?
    }
    var processor: String
    var settings: JSONValue
    var images: [String: Image]
  }

  /// Every picture, filter and processor.
  static func check(_ folder: String) throws -> [GoldenResult] {
    let path = folder + "/preprocessing.json"
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let golden: File = try ModelGolden.decode(path)
    var pictures: [String: Picture] = [:]
    var results: [GoldenResult] = []
    for (name, expected) in golden.rgb.sorted(by: { $0.key < $1.key }) {
      let picture = Picture(try PNGImage("\(folder)/images/\(name).png"))
      pictures[name] = picture
      results.append(
        GoldenResult("vision/pictures/\(name)/rgb", isTrue: expected.agrees(picture.bytes)))
    }
    for (name, expected) in golden.pillow_resize_width_x_height.sorted(by: { $0.key < $1.key }) {
      results.append(resized(name, expected, pictures))
    }
    results += try sizes(golden)
    for (name, processor) in golden.processors.sorted(by: { $0.key < $1.key }) {
      results += try check(name, processor, pictures)
    }
    return results
  }

  /// "gradient/BICUBIC/131x17".
  private static func resized(
    _ name: String, _ expected: GoldenPixels, _ pictures: [String: Picture]
  ) -> GoldenResult {
    let parts = name.split(separator: "/")
    let size = parts.last?.split(separator: "x").compactMap { Int($0) } ?? []
    let filters = [
      "NEAREST": Resampling.nearest, "LANCZOS": .lanczos, "BILINEAR": .bilinear,
      "BICUBIC": .bicubic,
    ]
    guard parts.count == 3, size.count == 2, let filter = filters[String(parts[1])],
      let picture = pictures[String(parts[0])]
    else { return GoldenResult("vision/pictures/" + name, isTrue: false) }
    let own = picture.resized(width: size[0], height: size[1], filter)
    return GoldenResult("vision/pictures/" + name, isTrue: expected.agrees(own.bytes))
  }

  private static func sizes(_ golden: File) throws -> [GoldenResult] {
    func numbers(_ name: String) -> [Int] { name.split(separator: "x").compactMap { Int($0) } }
    let patches = PatchProcessor()
    let tiles = TileProcessor(longest: 2048, tile: 512)
    let patched = golden.qwen2_vl_smart_resize_height_x_width?.cases ?? [:]
    let resized = try patched.map { name, expected in
      let size = numbers(name)
      let own = try patches.size(height: size[0], width: size[1])
      return GoldenResult(
        "vision/sizes/patches of \(name)", isTrue: [own.height, own.width] == expected)
    }
    let tiled = golden.smolvlm_256m_tiles_rows_columns_of_height_x_width ?? [:]
    let cut = tiled.map { name, expected in
      let size = numbers(name)
      let own = tiles.grid(height: size[0], width: size[1])
      let count = own.rows * own.columns + 1
      return GoldenResult(
        "vision/sizes/tiles of \(name)", isTrue: [count, own.rows, own.columns] == expected)
    }
    return (resized + cut).sorted { $0.name < $1.name }
  }

  private static func check(
    _ name: String, _ golden: Processor, _ pictures: [String: Picture]
  ) throws -> [GoldenResult] {
    let processor = try self.processor(golden.processor, golden.settings, file: name)
    return try golden.images.sorted { $0.key < $1.key }.flatMap { image, expected in
      guard let picture = pictures[image] else {
        return [GoldenResult("vision/\(name)/\(image)", isTrue: false)]
      }
      return results(
        "vision/processors/\(name)/\(image)", try processor.process(picture), expected)
    }
  }

  /// The processor of reference values: their numbers have twelve digits, of which 1/255 needs more.
  static func processor(
    _ name: String, _ settings: JSONValue, file: String
  ) throws -> PictureProcessor {
    guard case .object(var object) = settings else { throw CheckpointError.noObject(file: file) }
    if case .number(let factor)? = object["rescale_factor"], abs(factor * 255 - 1) < 1e-11 {
      object["rescale_factor"] = .number(1 / 255)
    }
    return try PictureProcessor.read(
      ConfigurationKeys(object: object, file: file), named: name)
  }

  private static func results(
    _ name: String, _ own: ProcessedPicture, _ expected: Processor.Image
  ) -> [GoldenResult] {
    let values = own.values
    var results = [
      GoldenResult(
        name + "/bytes", isTrue: expected.resized_before_rescaling_as_uint8.agrees(own.bytes)),
      GoldenResult(
        name + "/values", error: expected.pixel_values.distance(values), tolerance: 1e-6),
      GoldenResult(
        name + "/values to the bit",
        isTrue: CyclicRedundancy.checksum(values) == expected.pixel_values.crc32),
    ]
    switch own.parts {
    case .tiles(let rows, let columns, _, _):
      if let high = expected.rows, let wide = expected.cols {
        results.append(
          GoldenResult(name + "/tiles", isTrue: high == [rows] && wide == [columns]))
      }
    case .patches(let grid):
      let expected = expected.image_grid_thw
      results.append(
        GoldenResult(name + "/grid", isTrue: expected == [[grid.time, grid.rows, grid.columns]]))
    }
    guard let sums = expected.sum_of_each_tile else { return results }
    return results + [tileSums(name, values, size: 3 * own.planeSize, sums)]
  }

  private static func tileSums(
    _ name: String, _ values: [Float], size: Int, _ sums: [Double]
  ) -> GoldenResult {
    let error = sums.enumerated().reduce(0.0) { worst, tile in
      let part = values[tile.offset * size..<(tile.offset + 1) * size]
      return largestError(worst, (part.reduce(0) { $0 + Double($1) } - tile.element).magnitude)
    }
    // Twelve digits of numbers up to 800,000.
    return GoldenResult(name + "/sums of tiles", error: error, tolerance: 1e-5)
  }
}
