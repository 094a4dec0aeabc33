import Foundation
import Tasks
import Core
import Testing

@Suite("The built-in world")
struct WorldTests {
  static let worlds: [World.Options] = World.Difficulty.allCases.flatMap { difficulty in
    [Seed(0), Seed(7)].map { seed in
      World.Options(videos: 20, devVideos: 10, difficulty: difficulty, seed: seed)
    }
  }

  @Test("is the same for the same seed, and another for another")
  func golden() throws {
    let small = World.Options(videos: 4, devVideos: 2, seed: Seed(1))
    let data = try World.dataset(small)
    #expect(data.fingerprint == "1bff4c709fa744a73a845d9b93bdc80231b2f74d1c0197c612bc63148ae22db9")
    #expect(try World.dataset(small).fingerprint == data.fingerprint)
    var other = small
    other.seed = Seed(2)
    #expect(try World.dataset(other).fingerprint != data.fingerprint)
    var more = small
    more.videos = 6
    #expect(try World(more).train.prefix(4) == World(small).train[...])
  }

  @Test("has the promised size, and no prompt of more than 100 rows", arguments: worlds)
  func size(options: World.Options) throws {
    let data = try World.dataset(options)
    #expect(data.train.count == 80)
    #expect(data.dev.count == 40)
    #expect(Set(data.train.map(\.video)).isDisjoint(with: data.dev.map(\.video)))
    #expect(Set(data.words).isSubset(of: World.vocabularyWords))
    for prompt in data.train + data.dev {
      #expect(prompt.evidence.frames * prompt.evidence.tokensPerFrame + 1 <= 100)
    }
  }

  @Test("carries its questions as a row of word counts, or as words to be tokenized")
  func queries() throws {
    var options = World.Options(videos: 5, devVideos: 1, seed: Seed(2))
    let embedded = try World.dataset(options)
    options.query = .words
    let worded = try World.dataset(options)
    #expect(embedded.train.map(\.query) == worded.train.map(\.query))
    let codec = TimeTokensCodec(clipLength: 1, clips: 24, words: World.vocabularyWords)
    #expect(try embedded.tokenized(with: codec.vocabulary).train.allSatisfy(\.tokens.isEmpty))
    for prompt in try worded.tokenized(with: codec.vocabulary).train {
      #expect(prompt.queryEmbedding == nil)
      #expect(prompt.tokens.count == prompt.query.split(separator: " ").count)
    }
    var rows: [[Float]: String] = [:]
    for prompt in embedded.train {
      let row = try #require(prompt.queryEmbedding)
      #expect(row.count == embedded.channels)
      #expect(
        Double(row.reduce(0, +)) == Double(QueryText.words(prompt.query).count { $0 != "the" }))
      // No two questions have one row.
      #expect(rows.updateValue(prompt.query, forKey: row) ?? prompt.query == prompt.query)
    }
  }

  @Test("asks no question twice of a video, and of order unless it is easy", arguments: worlds)
  func questions(options: World.Options) throws {
    for video in try World(options).train {
      #expect(Set(video.questions.map(\.text)).count == options.queriesPerVideo)
      if options.difficulty != .easy {
        #expect(video.questions.contains { $0.kind == .order })
      }
    }
  }

  @Test("shows in its pixels exactly the events it speaks of", arguments: worlds)
  func pixels(options: World.Options) throws {
    for video in try World(options).train {
      let frames = World.renderedFrames(video)
      for object in video.objects {
        let seen = (0..<frames.count).map { Sighting(frames, $0, lane: object.lane) }
        #expect(seen.allSatisfy { $0.area == 0 || $0.colour == object.colour })
        // Every frame that differs from the one before is told by an event, and the other way round.
        let changes = Set((1..<frames.count).filter { seen[$0] != seen[$0 - 1] })
        #expect(changes == Set(object.events.flatMap { expectedChanges($0, frames.count) }))
        for event in object.events { check(event, seen) }
      }
    }
  }

  /// The frames that differ from the one before because of an event.
  func expectedChanges(_ event: WorldEvent, _ count: Int) -> [Int] {
    let frames = event.frames
    switch event.action {
    case .moves, .enters: return Array(frames)
    case .blinks, .leaves: return Array(frames) + [frames.upperBound].filter { $0 < count }
    }
  }

  func check(_ event: WorldEvent, _ seen: [Sighting]) {
    let (first, end) = (event.frames.lowerBound, event.frames.upperBound)
    let whole = seen.map(\.area).max() ?? 0
    switch event.action {
    case .blinks:
      #expect(seen[first - 1] == seen[end])
      for frame in first..<end {
        #expect(seen[frame].area == ((frame - first) % 2 == 0 ? 0 : whole))
      }
    case .moves: #expect((first - 1...end).allSatisfy { seen[$0].area == whole })
    case .enters:
      #expect(seen[..<first].allSatisfy { $0.area == 0 })
      #expect((1..<whole).contains(seen[first].area))
      #expect(seen[end].area == whole)
    case .leaves:
      #expect(seen[end...].allSatisfy { $0.area == 0 })
      #expect((1..<whole).contains(seen[end - 1].area))
      #expect(seen[first - 1].area == whole)
    }
  }

  @Test("asks only what the events answer, and once", arguments: worlds)
  func truths(options: World.Options) throws {
    for video in try World(options).train {
      for question in video.questions {
        #expect(Reader(video).answers(question.text) == [question.frames], "\(question.text)")
      }
    }
  }

  @Test("is solved by its oracle and by no guesser", arguments: worlds)
  func chance(options: World.Options) throws {
    let data = try World.dataset(options)
    let codec = TimeTokensCodec(clipLength: 1, clips: 24)
    let truths = data.train.map(\.stretches)
    let oracle = data.train.map { prompt in
      prompt.stretches.first.flatMap {
        codec.decode(codec.encode($0, duration: prompt.duration), duration: prompt.duration)
      }
    }
    #expect(GroundingMetrics.top1(predicted: oracle, truths: truths).meanIoU == 1)
    let whole = data.train.map { Interval(0, $0.duration) }
    let wholeScore = GroundingMetrics.top1(predicted: whole, truths: truths).meanIoU
    var generator = Seed(3).generator()
    let random = data.train.map {
      codec.grid(duration: $0.duration).randomElement(using: &generator)
    }
    let randomScore = GroundingMetrics.top1(predicted: random, truths: truths).meanIoU
    // The best one interval for all questions: what a student learns that never looks.
    let blind = codec.grid(duration: 24).map { guess in
      GroundingMetrics.top1(predicted: truths.map { _ in guess }, truths: truths).meanIoU
    }.max()
    print(options.difficulty, "whole", wholeScore, "random", randomScore, "best blind", blind ?? 0)
    #expect(wholeScore < 0.25)
    #expect(randomScore < 0.25)
    #expect((blind ?? 1) < 0.35)
  }

  @Test("measures the same pixels in one, two or three bands", arguments: 1...3)
  func bands(patches: Int) throws {
    let world = try World(World.Options(videos: 2, devVideos: 1, patches: patches))
    for video in world.train {
      let features = world.features(video)
      #expect(features.frames == 24 && features.tokensPerFrame == patches)
      // The last but one channel is the coloured area; bands cut no pixel off.
      let area = features.channels - 2
      for frame in 0..<features.frames {
        let row = Array(features[frame: frame])
        let sum = (0..<patches).reduce(Float(0)) { $0 + row[$1 * features.channels + area] }
        let seen = (0..<3).reduce(0) {
          $0 + Sighting(World.renderedFrames(video), frame, lane: $1).area
        }
        #expect(abs(sum - Float(seen) / 25) < 1e-5)
      }
    }
  }

  @Test("shows pixels as they were rendered, bands of fewer lines with zeros", arguments: 1...3)
  func pixels(patches: Int) throws {
    let options = World.Options(
      videos: 2, devVideos: 1, patches: patches, rows: .pixels, difficulty: .easy)
    let world = try World(options)
    let lines = [[16], [5, 11], [5, 5, 6]][patches - 1]
    for video in world.train {
      let (features, rendered) = (world.features(video), World.renderedFrames(video))
      #expect(features.channels == (lines.max() ?? 0) * 16 * 3)
      for frame in 0..<features.frames {
        let row = features[frame: frame]
        var pixels: [Float] = []
        for (band, count) in lines.enumerated() {
          let own = row.dropFirst(band * features.channels).prefix(features.channels)
          pixels += own.prefix(count * 16 * 3)
          #expect(own.dropFirst(count * 16 * 3).allSatisfy { $0 == 0 })
        }
        #expect(pixels == rendered[frame: frame].map { Float($0) / 255 })
      }
    }
    let prompt = try #require(world.dataset().train.first)
    let words = World.embedding(of: prompt.query)
    #expect(prompt.queryEmbedding?.count == prompt.evidence.channels)
    #expect(prompt.queryEmbedding?.prefix(words.count) == words[...])
  }

  @Test("has 4,000 questions to train on and 200 others unless told")
  func size() throws {
    let data = try World.dataset()
    #expect(data.train.count == 4000 && data.dev.count == 200)
  }

  @Test("says so when its videos are too short for the questions")
  func tooShort() {
    #expect(throws: DataError.self) {
      try World(World.Options(videos: 1, queriesPerVideo: 50, frames: 9))
    }
  }
}

/// What the pixels of one lane show in one frame, found without the world's own code.
struct Sighting: Equatable {
  var area = 0
  var left: Int?
  var right: Int?
  var colour: WorldColour?

  init(_ frames: RenderedFrames, _ frame: Int, lane: Int) {
    let pixels = Array(frames[frame: frame])
    for y in lane * 5..<lane * 5 + 5 {
      for x in 0..<frames.width {
        let rgb = (0..<3).map { Int(pixels[(y * frames.width + x) * 3 + $0]) }
        guard let high = rgb.max(), let low = rgb.min(), high - low > 60 else { continue }
        area += 1
        left = min(left ?? x, x)
        right = max(right ?? x, x)
        if rgb[0] > 130 {
          colour = rgb[1] > 130 ? .yellow : .red
        } else {
          colour = rgb[1] > rgb[2] ? .green : .blue
        }
      }
    }
  }
}

/// Reads a question word by word and looks its answers up in the events: a second opinion.
struct Reader {
  let video: WorldVideo

  init(_ video: WorldVideo) { self.video = video }

  func answers(_ text: String) -> [Range<Int>] {
    let words = text.split(separator: " ").map { String($0) }
    guard let relation = words.firstIndex(where: { $0 == "before" || $0 == "after" }) else {
      let isNumbered = words.last == "first" || words.last == "again"
      let found = events(isNumbered ? words.dropLast() : words[...])
      switch words.last {
      case "first": return Array(found.prefix(1))
      case "again": return Array(found.dropFirst())
      default: return found
      }
    }
    let anchors = events(words[(relation + 1)...])
    guard anchors.count == 1, let anchor = anchors.first else { return [] }
    return events(words[..<relation]).filter { event in
      words[relation] == "before"
        ? event.upperBound <= anchor.lowerBound : event.lowerBound >= anchor.upperBound
    }
  }

  /// The events of "the [colour] shape does", over every object that fits.
  func events(_ words: ArraySlice<String>) -> [Range<Int>] {
    let words = words.filter { $0 != "the" }
    return video.objects.filter { object in
      words.dropLast().allSatisfy { $0 == object.colour.rawValue || $0 == object.shape.rawValue }
    }.flatMap(\.events).filter { $0.action.rawValue == words.last }.map(\.frames)
  }
}
