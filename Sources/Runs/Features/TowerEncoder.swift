internal import Core
internal import Foundation
internal import Networks
internal import Plugins
internal import Storage
internal import Tensors

/// Where the tower lies that encodes pictures.
struct TowerParameters: PluginParameters {
  var path: String?

  static let keys: [String: KeyDeclaration] = [
    "path": .text("a folder with config.json, preprocessor_config.json and safetensors; mandatory")
  ]

  var files: [String] { path.map { [$0] } ?? [] }
}

/// A pretrained tower with one row a picture (SigLIP's pooling head, CLIP's class row).
struct TowerEncoder: FrameEncoder {
  let identity: String
  let tokensPerFrame = 1
  let channels: Int
  let side: Int

  private let processor: PictureProcessor
  private let tower: VisionTower<Float>
  private let weights: Weights<Float>

  /// A tower from a folder.
  ///
  /// - Throws: `StorageError`, `CheckpointError`, or `FeatureError.noPooling` for a tower that has no row for a whole picture.
  init(_ path: String) throws {
    let model = try VisionModel(path)
    let shape = model.configuration.vision
    guard shape.pools else { throw FeatureError.noPooling(path: path) }
    let file = path + "/preprocessor_config.json"
    processor = try PictureProcessor.read(try TextFile.bytes(file), file: file)
    tower = VisionTower(shape, in: model.layout)
    weights = Weights(model.parameters(), for: .inference)
    channels = shape.pooledWidth
    // Twice what it looks at: scaling down twice blurs, and the second time is the processor's own way.
    side = 2 * shape.side * shape.patch
    identity = "tower \(path) " + Self.checksum(path)
  }

  /// A digest of everything in the folder that rows depend on.
  private static func checksum(_ path: String) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let used = names.filter { $0.hasSuffix(".json") || $0.hasSuffix(".safetensors") }.sorted()
    return ContentHash.of(used.flatMap { [$0, FileChecksum.of("\(path)/\($0)") ?? ""] })
  }

  func rows(of pictures: [Picture]) throws -> [[Float]] {
    try pictures.map { picture in
      let processed = try processor.process(picture)
      guard case .tiles(_, _, let height, let width) = processed.parts else { return [] }
      return try Tape<Float>().run(weights) { tape in
        let layout = VisionInputLayout.tiles(count: 1, height: height, width: width)
        let hidden = try tower.hidden(VisionInput(processed.values, layout), on: tape)
        return tape.values(tower.pooled(hidden, tiles: 1, on: tape))
      }
    }
  }
}
