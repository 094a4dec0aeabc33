/// What the tensors of a checkpoint are called.
package enum CheckpointNames: Sendable {
  /// As transformers saves them.
  case huggingFace
  /// As llama.cpp saves them.
  case gguf

  /// The tensors that make up a parameter, in the order of its rows; none for an unknown parameter.
  package func sources(_ parameter: String) -> [String] {
    if let name = whole(parameter) { return [name] }
    let parts = parameter.split(separator: ".")
    guard parts.count == 3, parts[0] == "layers" else { return [] }
    let prefix = self == .gguf ? "blk." : "model.layers."
    return names(inLayer: String(parts[2])).map { "\(prefix)\(parts[1]).\($0)" }
  }

  private func whole(_ parameter: String) -> String? {
    switch (self, parameter) {
    case (.huggingFace, "embedding"): "model.embed_tokens.weight"
    case (.huggingFace, "features"): "model.feature_projection.weight"
    case (.huggingFace, "norm"): "model.norm.weight"
    case (.huggingFace, "head"): "lm_head.weight"
    case (.gguf, "embedding"): "token_embd.weight"
    case (.gguf, "norm"): "output_norm.weight"
    case (.gguf, "head"): "output.weight"
    default: nil
    }
  }

  private func names(inLayer name: String) -> [String] {
    let isBias = name.hasSuffix("Bias")
    let modules = isBias ? Self.modules[String(name.dropLast(4))] : Self.modules[name]
    let names = (modules ?? []).map { self == .gguf ? $0.gguf : $0.huggingFace }
    return names.map { $0 + (isBias ? ".bias" : ".weight") }
  }

  private static let modules: [String: [(huggingFace: String, gguf: String)]] = [
    "attentionNorm": [("input_layernorm", "attn_norm")],
    "query": [("self_attn.q_proj", "attn_q")],
    "queryNorm": [("self_attn.q_norm", "attn_q_norm")],
    "keyValue": [("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v")],
    "keyNorm": [("self_attn.k_norm", "attn_k_norm")],
    "output": [("self_attn.o_proj", "attn_output")],
    "feedForwardNorm": [("post_attention_layernorm", "ffn_norm")],
    "gateUp": [("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up")],
    "down": [("mlp.down_proj", "ffn_down")],
  ]
}
