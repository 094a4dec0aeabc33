internal import Core
internal import Foundation
internal import Networks
internal import Storage
internal import Student

extension StudentExport {
  /// Writes a model with pictures as its own folder has it, with what was trained in it.
  ///
  /// - Throws: `ExportError.notPretrained`, `StorageError`.
  /// - Complexity: Holds all weights twice more, 4 bytes a number.
  func write(_ student: SeeingStudent, to folder: String) throws {
    guard let source = try beginning?.folderWithPictures() else {
      throw ExportError.notPretrained(path: folder)
    }
    let model = try VisionModel(source)
    var weights = model.parameters()
    student.adapter?.merge(into: &weights)
    let tensors = model.source.tensors.compactMap { tensor in
      model.tensor(tensor.name, in: weights).map {
        NamedTensor(tensor.name, shape: tensor.shape, values: $0)
      }
    }
    try AtomicFile.makeFolder(folder)
    try SafetensorsFile(tensors: tensors, metadata: ["format": "pt"])
      .write(folder + "/model.safetensors")
    for name in try FileManager.default.contentsOfDirectory(atPath: source).sorted()
    where name.hasSuffix(".json") && !name.hasSuffix(".index.json") {
      try AtomicFile.write(try TextFile.bytes(source + "/" + name), to: folder + "/" + name)
    }
  }
}
