#if LiveTeachers
import Foundation
import Core
import Tasks
import Testing

@testable import Teacher

/// Videos whose frames are files of some bytes, other ones for each video.
struct MadeUpVideos: FilmedVideos {
  func file(of prompt: Prompt) throws -> String { "/videos/\(prompt.video).mp4" }

  func pictures(of prompt: Prompt) async throws -> [FramePicture] {
    prompt.visible.timestamps.map { time in
      FramePicture(bytes: Array("\(prompt.video)\(time)".utf8), width: 2, height: 2)
    }
  }
}

@Suite("A teacher that sees", .enabled(if: Programs.python))
struct SeeingTeacherTests {
  let codec = DecimalCodec()
  var vocabulary: Vocabulary { codec.vocabulary }

  func parameters(
    _ server: StubServer, _ tokens: CompletionsParameters.TokenMapping
  ) -> CompletionsParameters {
    var parameters = server.parameters
    parameters.tokens = tokens
    parameters.template = "12{frames}3"
    parameters.endText = ";"
    parameters.pictures.folder = "/videos"
    return parameters
  }

  func server(_ mode: String = "", end: String = ";") async throws -> StubServer {
    try await StubServer(.init(words: vocabulary.words, mode: mode, cap: 5, end: end))
  }

  /// What the stub's formula says of an answer to a conversation about a video.
  func expected(_ response: [Token], _ prompt: Prompt) async throws -> [Double] {
    let pictures = try await MadeUpVideos().pictures(of: prompt)
    let sum = pictures.reduce(0) { sum, picture in
      sum + ChatTurn.address(ofJPEG: picture.bytes).utf8.reduce(0) { $0 + Int($1) }
    }
    // Its turn, the words of the template with a token a picture between them, and the answer's opening.
    var prefix = [0, 2, 3] + pictures.map { _ in 4 } + [4, 1, 3]
    return response.map { token in
      defer { prefix.append(token) }
      return StubServer.row(
        after: prefix, vocabulary: vocabulary.count, sight: Double(sum % 97))[token]
    }
  }

  @Test(
    "scores answers to what it is shown, open and ended",
    arguments: [CompletionsParameters.TokenMapping.same, .text])
  func scores(_ tokens: CompletionsParameters.TokenMapping) async throws {
    let server = try await server()
    let teacher = try await CompletionsTeacher.connect(
      parameters(server, tokens), tokenizer: vocabulary, videos: MadeUpVideos(),
      probingWith: .toy())
    #expect(teacher.report.checks.contains { $0.name == "looks at pictures" && $0.passed })
    let responses = [[3, 0, 7, 11], [5, 0], [11]]
    let prompts = [Prompt.toy("a", video: "v"), .toy("b", video: "w"), .toy("c").showing([1])]
    for prompt in prompts {
      let found = try await teacher.score(
        [ScoringRequest(prompt: prompt, responses: responses)], support: .sampled)[0]
      for (response, score) in zip(responses, found) {
        let right = try await expected(response, prompt)
        #expect(score.sampled.count == right.count)
        #expect(zip(score.sampled, right).allSatisfy { abs(Double($0) - $1) < 1e-5 })
      }
    }
  }

  @Test("gives likeliest tokens where they are the same")
  func top() async throws {
    let server = try await server()
    var asked = parameters(server, .same)
    asked.top = 4
    let teacher = try await CompletionsTeacher.connect(
      asked, tokenizer: vocabulary, videos: MadeUpVideos(), probingWith: .toy())
    let score = try await teacher.score(
      [ScoringRequest(prompt: .toy(), responses: [[3, 11]])], support: .top(4))[0][0]
    #expect(score.top?.map(\.count) == [4, 4])
  }

  @Test(
    "is not believed where it takes pictures and looks at none, or scores at another temperature",
    arguments: [("blind", "looks at pictures"), ("warm", "temperature 1")])
  func disbelieved(_ mode: String, _ check: String) async throws {
    let server = try await server(mode)
    let report = try await TeacherProbe.report(
      on: parameters(server, .same), tokenizer: vocabulary, videos: MadeUpVideos(),
      probingWith: .toy())
    #expect(report.checks.filter { !$0.passed }.map(\.name).contains(check), "\(report.text)")
  }

  @Test("says that a template ends answers in another way")
  func otherEnd() async throws {
    let server = try await server(end: "?")
    let teacher = try await CompletionsTeacher.connect(
      parameters(server, .same), tokenizer: vocabulary, videos: MadeUpVideos(),
      probingWith: .toy())
    let error = await #expect(throws: CompletionsError.self) {
      try await teacher.score(
        [ScoringRequest(prompt: .toy(), responses: [[5, 11]])], support: .sampled)
    }
    #expect(error?.happened.contains("its template does not end an answer with") == true)
  }

  @Test("is not asked in ways that conversations do not have")
  func refused() {
    var asked = CompletionsParameters(url: "http://127.0.0.1:1/v1", model: "m")
    asked.pictures.folder = "/videos"
    asked.tokens = .tokenize
    #expect(throws: TeacherError.self) { try asked.validate() }
    (asked.tokens, asked.interface) = (.same, .echo)
    #expect(throws: TeacherError.self) { try asked.validate() }
    asked.interface = .automatic
    #expect(throws: Never.self) { try asked.validate() }
    asked.template = "{frames} and {frames}"
    #expect(throws: TeacherError.self) { try asked.validate() }
    (asked.template, asked.pictures.folder) = ("{frames}", nil)
    #expect(throws: TeacherError.self) { try asked.validate() }
  }
}

@Suite("A program that sees", .enabled(if: Programs.python))
struct SeeingProgramTests {
  private func program(_ wanted: String) -> ProcessParameters {
    let script = """
      import sys; sys.path.insert(0, sys.argv[1])
      import opd_teacher as o
      class T(o.Teacher):
        frames = sys.argv[2]
        def score(self, prompts, support, k):
          def said(p):
            f = p.frames
            return -float(len(f.file) + sum(map(len, f.pictures or [])) + sum(f.times))
          return [[o.Score([said(p)] * len(r)) for r in p.responses] for p in prompts]
      o.serve(T())
      """
    return ProcessParameters(command: [
      "python3", "-c", script, Programs.path("Examples/python-teacher"), wanted,
    ])
  }

  @Test("is shown what it asks for", arguments: ["files", "pixels"])
  func shown(_ wanted: String) async throws {
    let teacher = try await ProcessTeacher.connect(
      program(wanted), tokenizer: DecimalCodec().vocabulary, videos: MadeUpVideos())
    let prompt = Prompt.toy("a", duration: 12, video: "vid")
    let score = try await teacher.score(
      [ScoringRequest(prompt: prompt, responses: [[1, 2]])], support: .sampled)[0][0]
    let pictures = try await MadeUpVideos().pictures(of: prompt).reduce(0) { $0 + $1.bytes.count }
    let file = try MadeUpVideos().file(of: prompt).count
    let expected = -Float(file + (wanted == "pixels" ? pictures : 0) + 6)
    #expect(score.sampled == [expected, expected])
    await teacher.stop()
  }

  @Test("that asks for what nobody has is refused")
  func unfilmed() async throws {
    await #expect(throws: ProcessError.self) {
      try await ProcessTeacher.connect(program("files"), tokenizer: DecimalCodec().vocabulary)
    }
  }
}
#endif
