/// What the tensors of towers and connectors are called, and which part of one a parameter is.
///
/// Queries, keys and values are one tensor in some files and three in others; here queries are one parameter, keys and values
/// another.
struct VisionNames: Sendable, Hashable {
  let family: VisionConfiguration.Family
  /// What stands before the tower's tensors.
  let tower: String
  /// What stands before the connector's tensors.
  let connector: String

  /// Some thirds of a tensor's rows, or all of them.
  struct Part: Sendable, Hashable {
    let name: String
    var thirds: Range<Int>?

    init(_ name: String, thirds: Range<Int>? = nil) {
      self.name = name
      self.thirds = thirds
    }
  }

  /// The tensors that make up a parameter, in the order of its rows; none for an unknown parameter.
  func sources(_ parameter: String) -> [Part] {
    guard parameter.hasPrefix("vision.") else { return [] }
    let isBias = parameter.hasSuffix("Bias")
    let stem = String(parameter.dropFirst(7).dropLast(isBias ? 4 : 0))
    let ending = isBias ? ".bias" : ".weight"
    if stem == "connector" { return [Part(connector + ending)] }
    if stem == "head.probe" { return [Part(tower + "head.probe")] }
    if stem == "class" { return [Part(tower + "embeddings.class_embedding")] }
    // Beside the tower in the file, not in it.
    if stem == "projection" { return [Part("visual_projection.weight")] }
    let table = tables
    if stem.hasPrefix("layers.") {
      let parts = stem.split(separator: ".", maxSplits: 2)
      guard parts.count == 3 else { return [] }
      let prefix = tower + (family.hasLearnedPositions ? "encoder.layers." : "blocks.")
      return (table["layer." + parts[2]] ?? []).map {
        Part("\(prefix)\(parts[1]).\($0.name)\(ending)", thirds: $0.thirds)
      }
    }
    return (table[stem] ?? []).map { part in
      // The pooling head's fused tensors have names of their own.
      let isFused = part.name.hasSuffix("in_proj")
      let name = tower + part.name + (isFused ? "_" + ending.dropFirst() : ending)
      return Part(name, thirds: part.thirds)
    }
  }

  private var tables: [String: [Part]] {
    switch family {
    case .siglip, .idefics3, .clip: Self.siglip
    case .qwen2: Self.qwen
    case .qwen25: Self.qwen.merging(["layer.down": [Part("mlp.down_proj")]]) { $1 }
    }
  }

  private static let siglip: [String: [Part]] = [
    "patch": [Part("embeddings.patch_embedding")],
    "positions": [Part("embeddings.position_embedding")],
    // The published name, as it is spelled.
    "inputNorm": [Part("pre_layrnorm")],
    "norm": [Part("post_layernorm")],
    "layer.attentionNorm": [Part("layer_norm1")],
    "layer.query": [Part("self_attn.q_proj")],
    "layer.keyValue": [Part("self_attn.k_proj"), Part("self_attn.v_proj")],
    "layer.output": [Part("self_attn.out_proj")],
    "layer.feedForwardNorm": [Part("layer_norm2")],
    "layer.up": [Part("mlp.fc1")],
    "layer.down": [Part("mlp.fc2")],
    "head.query": [Part("head.attention.in_proj", thirds: 0..<1)],
    "head.keyValue": [Part("head.attention.in_proj", thirds: 1..<3)],
    "head.output": [Part("head.attention.out_proj")],
    "head.feedForwardNorm": [Part("head.layernorm")],
    "head.up": [Part("head.mlp.fc1")],
    "head.down": [Part("head.mlp.fc2")],
  ]

  private static let qwen: [String: [Part]] = [
    "patch": [Part("patch_embed.proj")],
    "layer.attentionNorm": [Part("norm1")],
    "layer.query": [Part("attn.qkv", thirds: 0..<1)],
    "layer.keyValue": [Part("attn.qkv", thirds: 1..<3)],
    "layer.output": [Part("attn.proj")],
    "layer.feedForwardNorm": [Part("norm2")],
    "layer.up": [Part("mlp.fc1")],
    "layer.gateUp": [Part("mlp.gate_proj"), Part("mlp.up_proj")],
    "layer.down": [Part("mlp.fc2")],
    "merger.norm": [Part("merger.ln_q")],
    "merger.up": [Part("merger.mlp.0")],
    "merger.down": [Part("merger.mlp.2")],
  ]
}

extension VisionNames {
  /// The part of a parameter with `rows` rows that a file calls `name`: which rows of the parameter, and of the tensor.
  static func place(
    of part: Part, at index: Int, among count: Int, rows: Int
  ) -> (parameter: Range<Int>, tensor: Range<Int>) {
    let share = rows / count
    let inside = part.thirds.map { thirds in
      thirds.lowerBound * (share / thirds.count)..<thirds.upperBound * (share / thirds.count)
    }
    return (index * share..<(index + 1) * share, inside ?? 0..<share)
  }
}
