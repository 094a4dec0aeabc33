import Foundation
import Core
import Testing

@testable import Teacher

@Suite("Cached teacher")
struct CachedTeacherTests {
  let requests = [
    ScoringRequest(prompt: .toy("a"), responses: [[0, 3, 1], [4], [4]]),
    ScoringRequest(prompt: .toy("b"), responses: [[2, 2]]),
  ]

  @Test(
    "says exactly what the teacher says, the first time and every time after",
    arguments: [TeacherSupport.sampled, .top(3), .full])
  func transparent(_ support: TeacherSupport) async throws {
    let folder = TemporaryFolder()
    let base = TabularTeacher()
    let expected = try await base.score(requests, support: support).map { $0.map(\.contents) }
    for _ in 0..<2 {
      let cached = try CachedTeacher(base, identity: "one", folder: folder.url)
      for _ in 0..<2 {
        let scores = try await cached.score(requests, support: support)
        #expect(scores.map { $0.map(\.contents) } == expected)
      }
    }
    #expect(base.calls == [4, 3], "four to compare with, then three that differ, once")
  }

  @Test("asks again for what was changed on disk, a digit of a number too")
  func changed() async throws {
    let folder = TemporaryFolder()
    let base = TabularTeacher()
    let expected = try await CachedTeacher(base, identity: "one", folder: folder.url)
      .score(requests, support: .full).map { $0.map(\.contents) }
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder.url.path).first)
    let url = folder.url.appending(path: name)
    var lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    let place = try #require(lines[0].firstRange(of: #""rows":""#)).upperBound
    let digit = lines[0][place] == "A" ? "B" : "A"
    lines[0].replaceSubrange(place...place, with: digit)
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: url)
    let again = try CachedTeacher(base, identity: "one", folder: folder.url)
    let scores = try await again.score(requests, support: .full)
    #expect(scores.map { $0.map(\.contents) } == expected)
    let statistics = await again.statistics()
    #expect(statistics.unreadable == 1 && statistics.misses == 1)
  }

  @Test("whose folder cannot be one is refused in words")
  func noFolder() throws {
    let folder = TemporaryFolder()
    let file = folder.url.appending(path: "file")
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    try Data().write(to: file)
    for place in [file, file.appending(path: "below")] {
      let error = #expect(throws: TeacherError.self) {
        try CachedTeacher(TabularTeacher(), identity: "one", folder: place)
      }
      #expect(error?.happened.contains("cannot be used: the folder cannot be made") == true)
      #expect(error?.happened.contains("NSCocoa") == false)
    }
  }

  @Test("asks only for what is new")
  func asksForNew() async throws {
    let folder = TemporaryFolder()
    let base = TabularTeacher()
    let cached = try CachedTeacher(base, identity: "one", folder: folder.url)
    _ = try await cached.score([requests[0]], support: .sampled)
    _ = try await cached.score(requests, support: .sampled)
    #expect(base.calls == [2, 1])
    let statistics = await cached.statistics()
    #expect(statistics.hits == 3 && statistics.misses == 3 && statistics.unreadable == 0)
  }

  @Test("never lets a stale teacher, another prompt or another response answer")
  func neverStale() async throws {
    let folder = TemporaryFolder()
    let base = TabularTeacher()
    _ = try await CachedTeacher(base, identity: "one", folder: folder.url)
      .score(requests, support: .sampled)
    let changed = TabularTeacher(salt: 9)
    let scores = try await CachedTeacher(changed, identity: "two", folder: folder.url)
      .score(requests, support: .sampled)
    #expect(changed.calls == [3])
    let expected = try await changed.score(requests, support: .sampled)
    #expect(scores.map { $0.map(\.sampled) } == expected.map { $0.map(\.sampled) })
  }

  @Test("tells prompts apart by everything a teacher may look at")
  func contentMatters() {
    let features = FrameFeatures(
      values: [1, 2], tokensPerFrame: 1, channels: 1, timestamps: [0, 1], duration: 2)
    let moved = FrameFeatures(
      values: [1, 2], tokensPerFrame: 1, channels: 1, timestamps: [0, 1.5], duration: 2)
    let shaped = FrameFeatures(
      values: [1, 2], tokensPerFrame: 2, channels: 1, timestamps: [0], duration: 2)
    let prompts = [
      Prompt(id: "a", video: "v", query: "q", evidence: features, truth: []),
      Prompt(id: "b", video: "v", query: "q", evidence: features, truth: []),
      Prompt(id: "a", video: "w", query: "q", evidence: features, truth: []),
      Prompt(id: "a", video: "v", query: "r", evidence: features, truth: []),
      Prompt(id: "a", video: "v", query: "q", tokens: [1], evidence: features, truth: []),
      Prompt(id: "a", video: "v", query: "q", queryEmbedding: [], evidence: features, truth: []),
      Prompt(id: "a", video: "v", query: "q", evidence: moved, truth: []),
      Prompt(id: "a", video: "v", query: "q", evidence: shaped, truth: []),
      Prompt(id: "a", video: "v", query: "q", evidence: features, truth: [Interval(0, 1)]),
      Prompt(id: "a", video: "v", query: "q", evidence: features, truth: [], keyframes: []),
      Prompt(id: "a", video: "v", query: "q", evidence: features, truth: [], keyframes: [1]),
    ]
    let content = PromptContent()
    #expect(Set(prompts.map { content.digest(of: $0) }).count == prompts.count)
    #expect(prompts.map { content.digest(of: $0) } == prompts.map(\.contentDigest))
  }

  @Test("treats lines it cannot read as misses, whatever was cut off")
  func tornLines() async throws {
    let folder = TemporaryFolder()
    let base = TabularTeacher()
    let expected = try await base.score(requests, support: .top(2)).map { $0.map(\.contents) }
    _ = try await CachedTeacher(base, identity: "one", folder: folder.url)
      .score(requests, support: .top(2))
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).first)
    let file = folder.url.appendingPathComponent(name)
    let whole = try Data(contentsOf: file)
    for length in stride(from: 0, through: whole.count, by: 37) {
      try whole.prefix(length).write(to: file)
      let cached = try CachedTeacher(base, identity: "one", folder: folder.url)
      let scores = try await cached.score(requests, support: .top(2)).map { $0.map(\.contents) }
      #expect(scores == expected, "cut after \(length) bytes")
      for other in try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      where other != name {
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent(other))
      }
    }
  }

  @Test("two processes may share a folder without writing over each other")
  func shared() async throws {
    let folder = TemporaryFolder()
    let base = TabularTeacher()
    let first = try CachedTeacher(base, identity: "one", folder: folder.url)
    let second = try CachedTeacher(base, identity: "one", folder: folder.url)
    _ = try await first.score([requests[0]], support: .sampled)
    _ = try await second.score([requests[1]], support: .sampled)
    let third = try CachedTeacher(base, identity: "one", folder: folder.url)
    _ = try await third.score(requests, support: .sampled)
    #expect(await third.statistics().misses == 0)
  }

  @Test("says so when its folder cannot be made")
  func badFolder() throws {
    let file = TemporaryFolder()
    try Data("x".utf8).write(to: file.url)
    #expect {
      try CachedTeacher(TabularTeacher(), identity: "one", folder: file.url)
    } throws: { error in
      "\(error)".hasPrefix("The score cache '\(file.url.path)' cannot be used: ")
    }
  }
}
