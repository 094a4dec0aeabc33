import Core
import Testing

@testable import Tokenizers

@Suite("Chat templates")
struct TemplateTests {
  private let question = [ChatMessage(role: "user", content: " 2+2?\n")]

  @Test("write what the models' own templates write")
  func texts() throws {
    #expect(try PromptTemplate.plain.text(of: question, ending: .open) == " 2+2?\n")
    #expect(
      try PromptTemplate.chatml.text(of: question, ending: .open)
        == "<|im_start|>user\n 2+2?\n<|im_end|>\n<|im_start|>assistant\n")
    #expect(
      try PromptTemplate.smollm2.text(of: question, ending: .closed) == """
        <|im_start|>system
        You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
        <|im_start|>user\n 2+2?\n<|im_end|>\n
        """)
    #expect(
      try PromptTemplate.qwen.text(of: question, ending: .closed)
        .hasPrefix("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"))
    #expect(
      try PromptTemplate.llama3.text(of: question, ending: .open) == """
        <|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n2+2?<|eot_id|>\
        <|start_header_id|>assistant<|end_header_id|>\n\n
        """)
  }

  @Test("add no system sentence where the conversation has one, even an empty one")
  func system() throws {
    let messages = [ChatMessage(role: "system", content: "")] + question
    for template in [PromptTemplate.smollm2, .qwen, .qwen25] {
      #expect(
        try template.text(of: messages, ending: .closed)
          == PromptTemplate.chatml.text(of: messages, ending: .closed))
    }
  }

  @Test("are known by their text, and unknown with one space more")
  func known() throws {
    let chatml =
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
      + "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
      + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    #expect(try PromptTemplate(jinja: chatml) == .chatml)
    let error = #expect(throws: TokenizerError.self) { try PromptTemplate(jinja: chatml + " ") }
    #expect(error?.happened.contains("is not a known one") == true)
    #expect(
      error?.remedy
        == "Name the one to use instead: plain, chatml, smollm2, qwen, qwen2.5, llama3.")
  }

  @Test("are found by name, and a misspelt name is corrected")
  func names() throws {
    #expect(try PromptTemplate(named: "qwen2.5") == .qwen25)
    let error = #expect(throws: TokenizerError.self) { try PromptTemplate(named: "chatlm") }
    #expect(error?.description == "There is no chat template 'chatlm'. Did you mean 'chatml'?")
    #expect(throws: TokenizerError.unknownRole(role: "tool", template: "qwen2.5")) {
      try PromptTemplate.qwen25.text(of: [ChatMessage(role: "tool", content: "")], ending: .open)
    }
  }

  @Test(
    "says the same of a turn in parts as of one in one piece", arguments: PromptTemplate.allCases)
  func parts(_ template: PromptTemplate) throws {
    for said in ["what is it?", "  \n two  ", "", " \u{1c}x"] {
      let whole = try template.text(of: [ChatMessage(role: "user", content: said)], ending: .open)
      #expect(try template.turn([.text(said)]) == (whole.isEmpty ? [] : [.text(whole)]))
      // Cut in the middle: the pieces are those of a turn that says both.
      let cut = try template.turn([.text(said + "a"), .frames, .text("b" + said)])
      let one = try template.text(
        of: [ChatMessage(role: "user", content: said + "a¦b" + said)], ending: .open)
      let ends = one.split(separator: "¦", omittingEmptySubsequences: false).map(String.init)
      #expect(cut == [.text(ends[0]), .frames, .text(ends[1])])
    }
  }
}
