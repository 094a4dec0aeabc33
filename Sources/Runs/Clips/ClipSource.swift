internal import Core
internal import Foundation
internal import Storage
internal import Tasks

/// Which questions of a folder clips are made for.
package enum ClipPart: String, Sendable, CaseIterable {
  case train, dev, all
}

/// Where clips come from.
package struct ClipSource: Sendable {
  /// A folder as `opd data import` makes it, or one of videos.
  package var folder: String
  /// Which questions.
  package var part = ClipPart.all
  /// Captions, one a clip, as `ClipCaptions` reads them; those of the folder if it has some.
  package var captions: String?
  /// Published predictions with a score of each clip.
  package var predictions: String?
  /// A pretrained language model that reads captions, as students are named.
  package var model: String?

  /// A folder.
  package init(_ folder: String) {
    self.folder = folder
    let own = "\(folder)/captions.jsonl"
    captions = FileManager.default.fileExists(atPath: own) ? own : nil
  }

  private var annotations: String { "\(folder)/\(QVHighlights.Options().annotations)" }

  /// Whether the folder has questions.
  var asks: Bool { FileManager.default.fileExists(atPath: annotations) }

  /// Everything that is known of its questions.
  ///
  /// - Throws: What is wrong with the data or a file.
  /// - Complexity: Reads the features of the wanted videos.
  func material() throws -> ClipMaterial {
    var options = QVHighlights.Options()
    if part == .dev { options.trainLimit = 0 }
    if part == .train { options.devLimit = 0 }
    options.captions = captions
    let dataset = try QVHighlights.load(path: folder, options: options)
    let judged = try QVHighlights.truths(folder: folder, part: .all)
    var material = ClipMaterial(prompts: dataset.train + dataset.dev)
    material.captions = try captions.map { try ClipCaptions($0) }
    material.reader = try model.map { try CaptionReader($0) }
    material.judged = Dictionary(
      judged.filter { !$0.saliency.isEmpty }.map { ($0.query, $0) },
      uniquingKeysWith: { first, _ in first })
    for prediction in try predictions.map(HighlightPrediction.load) ?? [] {
      material.predictions[prediction.query] = prediction.saliency
    }
    return material
  }

  /// A digest of everything that clips of its questions depend on.
  func digest(_ material: ClipMaterial) throws -> String {
    var hash = ContentHash()
    for path in [annotations, captions, predictions].compactMap({ $0 }) {
      hash.append(bytes: try TextFile.bytes(path))
    }
    if let reader = material.reader { hash.append(reader.identity) }
    for prompt in material.prompts {
      hash.append(prompt.id)
      hash.append(reals: prompt.queryEmbedding ?? [])
      hash.append(reals: prompt.evidence.values)
    }
    return hash.hexadecimal()
  }
}
