extension PromptTemplate {
  /// Digests (`ContentHash.of([text])`) of the Jinja texts that each template was compared with, conversation by conversation.
  ///
  /// A template that differs in a single space is another text: it may be the same, and nobody has looked.
  static let digests: [String: PromptTemplate] = [
    // SmolLM2-135M-Instruct and its larger sisters.
    "23ec58ad452520a86ac372cc357e8b75d800179aaf42edd5f740bfb7906da2a4": .smollm2,
    // ChatML as transformers' documentation spells it.
    "2755373e8aeec9c129cb2df8457c34cada13234b0f7943e39f8aaa11081fa518": .chatml,
    // Qwen2-Instruct.
    "4d1cb296d4b84dd1610d14ef033c281ce7c891e7f5f18bdf7cd215a22a702d36": .qwen,
    // Meta-Llama-3-8B-Instruct; 3.1 and later write a date and tools, and are other templates.
    "8262108bbcb0e5f103c5dad3e6a4e3af271c55ad8dada641c22a0f393b3133fa": .llama3,
  ]
}
