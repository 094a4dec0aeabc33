internal import Plugins
internal import Teacher

extension Laboratory {
  /// Registers what turns pictures of videos into rows of features.
  mutating func registerEncoders() throws {
    try encoders.register(
      "descriptors",
      summary: "histograms of colours in 4 × 4 patches, nothing trained; 16 rows of 16"
    ) { _ in DescriptorEncoder() }
    try encoders.register(
      "tower", summary: "a pretrained vision tower (CLIP, SigLIP); one row a picture",
      parameters: TowerParameters.self
    ) { parameters, _ in
      guard let path = parameters.path else {
        throw LaboratoryError.mandatory(key: "path", why: "it is the folder of the tower")
      }
      return try TowerEncoder(path)
    }
    try encoders.register(
      "process", summary: "a program of your own that makes rows of pictures, and perhaps of texts",
      parameters: ProcessParameters.self
    ) { parameters, log in
      try parameters.requireCommand()
      return try await ProcessEncoder(connecting: parameters, log: log)
    }
  }
}
