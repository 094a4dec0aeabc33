internal import Tensors

/// What the linear layers of a model are called, as PEFT and transformers write their paths.
package struct ModuleNames: Sendable, Hashable {
  /// What a tower and a connector before the decoder are called; `nil` for a decoder alone.
  private let vision: VisionNames?
  /// What a decoder behind a tower is called.
  private let text: TextNames?

  /// A decoder alone.
  package static let decoder = ModuleNames(vision: nil, text: nil)

  init(vision: VisionNames?, text: TextNames?) { (self.vision, self.text) = (vision, text) }

  /// The layers that make up a matrix, in the order of its rows; none where one is a part of a tensor.
  func modules(_ parameter: String) -> [String] {
    let names = tensors(parameter)
    return names.contains { !$0.hasSuffix(".weight") }
      ? [] : names.map { String($0.dropLast(".weight".count)) }
  }

  private func tensors(_ parameter: String) -> [String] {
    guard let vision, let text else { return CheckpointNames.huggingFace.sources(parameter) }
    if parameter == "features" { return vision.sources("vision.connector").map(\.name) }
    guard parameter.hasPrefix("vision.") else { return text.sources(parameter).map(\.name) }
    let parts = vision.sources(parameter)
    return parts.contains { $0.thirds != nil } ? [] : parts.map(\.name)
  }

  /// Where a layer's weights lie in parameters.
  ///
  /// - Precondition: The layer is one of theirs.
  func place(
    of module: String, in layout: ParameterLayout
  ) -> (entry: ParameterLayout.Entry, range: Range<Int>) {
    for entry in layout.entries where entry.shape.count == 2 {
      let modules = modules(entry.name)
      guard let index = modules.firstIndex(of: module) else { continue }
      let share = entry.count / modules.count
      return (entry, entry.offset + index * share..<entry.offset + (index + 1) * share)
    }
    preconditionFailure("There is no layer '\(module)'.")
  }
}

extension VisionModel {
  /// What its linear layers are called.
  package var moduleNames: ModuleNames { ModuleNames(vision: names, text: text) }
}
