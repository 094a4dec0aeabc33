internal import Foundation
internal import Networks
internal import Records
internal import Storage
internal import Tensors
internal import Tokenizers

extension ModelShowCommand {
  /// What a model with pictures is: its tower, what leads from it to the decoder, and the decoder.
  static func facts(_ model: VisionModel) throws -> [(String, String)] {
    let vision = model.configuration.vision
    var lines = [("tower", words(for: vision)), ("patches", patches(vision))]
    if let decoder = model.configuration.decoder {
      lines += [
        ("connector", connector(vision)),
        ("decoder", "\(model.configuration.dialect?.name ?? ""): \(words(for: decoder))"),
        ("vocabulary", "\(decoder.vocabularySize) tokens"),
      ]
    }
    lines += [
      ("pictures", try pictures(model.path)),
      ("weights", Quantity.count(Double(model.layout.count))),
      ("formats", formats(model.source)),
      ("memory", memory(model.source, model.layout)),
    ]
    let file = model.path + "/tokenizer.json"
    guard FileManager.default.fileExists(atPath: file) else { return lines }
    let tokenizer = try BytePairTokenizer(json: TextFile.bytes(file), source: file)
    return lines + [("tokenizer", "\(tokenizer.count) tokens")]
  }

  private static func words(for vision: VisionConfiguration) -> String {
    "\(vision.family.rawValue): \(vision.layers) layers, width \(vision.width), "
      + "\(vision.heads) heads, hidden \(vision.hidden), \(vision.activation.rawValue)"
      + pooling(vision)
  }

  private static func pooling(_ vision: VisionConfiguration) -> String {
    guard vision.pools else { return "" }
    guard vision.family == .clip else { return ", pooling head" }
    return ", class row" + (vision.projection > 0 ? ", matrix to \(vision.projection)" : "")
  }

  private static func patches(_ vision: VisionConfiguration) -> String {
    let size = "\(vision.patch) × \(vision.patch) pixels"
    guard vision.side == 0 else {
      return "\(size), \(vision.side) × \(vision.side) learned positions"
    }
    let frames = "\(size) of \(vision.frames) frames, rotary rows and columns"
    guard let window = vision.window else { return frames }
    let side = window * vision.merge
    let full = vision.fullLayers.map(String.init).joined(separator: ", ")
    return "\(frames); attention within \(side) × \(side) but for layers \(full)"
  }

  private static func connector(_ vision: VisionConfiguration) -> String {
    let kind = vision.side > 0 ? "pixel shuffle and one matrix" : "a norm and two matrices"
    return "\(vision.merge) × \(vision.merge) patches a row, \(kind), to width \(vision.outputs)"
  }

  /// How pictures are made ready, as the folder says.
  private static func pictures(_ folder: String) throws -> String {
    let file = folder + "/preprocessor_config.json"
    guard FileManager.default.fileExists(atPath: file) else {
      return "no preprocessor_config.json in the folder"
    }
    switch try PictureProcessor.read(TextFile.bytes(file), file: file) {
    case .cropped(let crop):
      return "shorter side \(crop.shortest) pixels, middle \(crop.width) × \(crop.height), "
        + "\(crop.filter)"
    case .square(let square): return "\(square.width) × \(square.height) pixels, \(square.filter)"
    case .tiled(let tiled):
      return "longer side \(tiled.longest) pixels, tiles of \(tiled.tile), \(tiled.filter)"
    case .patched(let patched):
      return "\(patched.fewest) to \(patched.most) pixels, \(patched.filter)"
    }
  }
}
