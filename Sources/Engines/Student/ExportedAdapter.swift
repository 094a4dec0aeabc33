#if Engines
internal import Networks
internal import Storage

/// An adapter that a training server hands out, and what PEFT loads of it.
///
/// PEFT passes over, with a warning at most, whatever `adapter_config.json` does not name: SkyRL 0.4.0 writes seven kinds of
/// matrices and no `target_modules`, for which PEFT takes two of them.
package struct ExportedAdapter: Sendable {
  private var configuration: AdapterConfiguration
  private let weights: [UInt8]
  private var pairs: [String: Pair] = [:]
  /// Names of tensors that are none of PEFT's.
  private var foreign: [String] = []

  private static let (about, file) = ("adapter_config.json", "adapter_model.safetensors")

  /// Reads an archive of `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// - Throws: `StorageError` or `CheckpointError` where it is none, or is damaged.
  package init(archive packed: [UInt8]) throws {
    let archive = try TarArchive(gzip: packed, from: "the exported adapter")
    guard let text = archive[Self.about] else { throw StorageError.missingFile(path: Self.about) }
    guard let bytes = archive[Self.file] else { throw StorageError.missingFile(path: Self.file) }
    configuration = try AdapterConfiguration(text, file: Self.about)
    weights = bytes
    for tensor in try SafetensorsFile(bytes, from: Self.file).tensors {
      if let (module, factor) = Self.parts(of: tensor.name) {
        pairs[module, default: Pair()][keyPath: factor] = tensor
      } else {
        foreign.append(tensor.name)
      }
    }
  }

  /// Names every module that there are matrices for where the configuration names none.
  package mutating func nameModules() {
    guard configuration.targets == .usual else { return }
    configuration.targets = .names(Self.kinds(of: pairs.keys))
  }

  /// Writes a folder that PEFT loads, the tensors byte by byte as they came.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(folder: String) throws {
    try AtomicFile.makeFolder(folder)
    try configuration.write(folder + "/" + Self.about)
    try AtomicFile.write(weights, to: folder + "/" + Self.file)
  }
}

extension ExportedAdapter {
  /// Why a module is not loaded as it was trained.
  private enum Fault: String, CaseIterable {
    case unnamed = "target_modules does not name"
    case absent = "there are no tensors of"
    case half = "one of the two matrices is missing of"
    case rank = "matrices are not of the configuration's rank in"
    case nonFinite = "there are numbers that are not finite in"
    case untrained = "there are only zeros in"
    case foreign = "PEFT has no such names:"
  }

  /// Whether PEFT loads everything that is in it, in one line, and what it loads.
  ///
  /// - Throws: `CheckpointError.key` where a pattern of the configuration is no regular expression.
  package func loaded() throws -> (isWhole: Bool, text: String) {
    let (loaded, faults) = try sorted()
    let start =
      configuration.targets == .usual
      ? ["target_modules is empty, and PEFT takes q_proj and v_proj"] : []
    let found =
      loaded.isEmpty
      ? "PEFT loads nothing"
      : "PEFT loads \(Self.words(loaded)), rank \(configuration.rank), α \(configuration.alpha)"
    let lacking = Fault.allCases.compactMap { fault in
      faults[fault].map { names in
        "\(fault.rawValue) \(fault == .foreign ? Self.first(names) : Self.words(names))"
      }
    }
    return (
      faults.isEmpty && !loaded.isEmpty, (start + [found] + lacking).joined(separator: "; ")
    )
  }

  /// Paths of modules that are loaded; others by what is wrong with them.
  private func sorted() throws -> (loaded: [String], faults: [Fault: [String]]) {
    var loaded: [String] = []
    var faults: [Fault: [String]] = [:]
    for (module, pair) in pairs {
      if let fault = try fault(of: module, pair) {
        faults[fault, default: []].append(module)
      } else {
        loaded.append(module)
      }
    }
    if !foreign.isEmpty { faults[.foreign] = foreign }
    if case .names(let names) = configuration.targets {
      let absent = names.filter { name in
        !pairs.keys.contains { AdapterConfiguration.isNamed($0, by: [name]) }
      }
      if !absent.isEmpty { faults[.absent] = absent }
    }
    return (loaded, faults)
  }

  private func fault(of module: String, _ pair: Pair) throws -> Fault? {
    guard try configuration.adapts(module, file: Self.about) else { return .unnamed }
    guard let down = pair.down, let up = pair.up else { return .half }
    let rank = try configuration.size(module, file: Self.about).rank
    guard down.shape.first == rank, up.shape.last == rank else { return .rank }
    guard (down.values + up.values).allSatisfy(\.isFinite) else { return .nonFinite }
    // B begins as zeros: an adapter that was not trained is the base.
    return up.values.contains { $0 != 0 } ? nil : .untrained
  }

  /// The two matrices of a module.
  private struct Pair {
    var down: Storage.NamedTensor?
    var up: Storage.NamedTensor?
  }

  /// The module and the matrix that a tensor's name says, as PEFT names them.
  private static func parts(
    of name: String
  ) -> (module: String, factor: WritableKeyPath<Pair, Storage.NamedTensor?>)? {
    let prefix = "base_model.model."
    guard name.hasPrefix(prefix) else { return nil }
    let path = name.dropFirst(prefix.count)
    for (suffix, factor) in [(".lora_A.weight", \Pair.down), (".lora_B.weight", \Pair.up)] {
      if path.hasSuffix(suffix) { return (String(path.dropLast(suffix.count)), factor) }
    }
    return nil
  }

  /// The last words of paths, each once, sorted.
  private static func kinds(of paths: some Sequence<String>) -> [String] {
    Set(paths.map { String($0.split(separator: ".").last ?? "") }).sorted()
  }

  /// One of several names, and how many there are.
  private static func first(_ names: [String]) -> String {
    "\(names.min() ?? "") (\(names.count) in all)"
  }

  /// Kinds of modules for a sentence, with how many there are of all of them.
  private static func words(_ paths: [String]) -> String {
    let kinds = kinds(of: paths)
    let shown = kinds.prefix(8).joined(separator: ", ") + (kinds.count > 8 ? ", …" : "")
    return paths.count == kinds.count ? shown : "\(shown) (\(paths.count) in all)"
  }
}
#endif
