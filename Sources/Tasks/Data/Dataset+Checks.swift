package import Core

extension Dataset {
  /// Refuses prompts that would poison a run: repeated names, mixed widths, numbers that are none, impossible answers.
  static func validate(_ prompts: [Prompt], name: String) throws {
    var ids = Set<String>()
    var looked: [String: FrameFeatures] = [:]
    guard let width = prompts.first?.evidence.channels else { return }
    for prompt in prompts {
      guard ids.insert(prompt.id).inserted else {
        throw DataError.repeatedQuery(path: name, query: prompt.id)
      }
      try check(prompt, width: width)
      guard looked[prompt.video] != prompt.evidence else { continue }
      try requireFinite(prompt.evidence, video: prompt.video)
      looked[prompt.video] = prompt.evidence
    }
  }

  /// Refuses parts that have a video in common.
  static func requireApart(_ train: [Prompt], _ dev: [Prompt], name: String) throws {
    let trained = Set(train.map(\.video))
    let shared = Set(dev.map(\.video)).intersection(trained).sorted()
    guard shared.isEmpty else {
      throw DataError.sharedVideos(
        name: name, count: shared.count, first: Array(shared.prefix(DataError.listed)))
    }
  }

  /// Refuses features with a number that is none.
  package static func requireFinite(_ features: FrameFeatures, video: String) throws {
    guard let bad = features.values.firstIndex(where: { !$0.isFinite }) else { return }
    throw DataError.notFinite(
      video: video, frame: bad / features.stride, channel: bad % features.channels)
  }

  private static func check(_ prompt: Prompt, width: Int) throws {
    let received = prompt.evidence.channels
    guard received == width, width > 0 || prompt.evidence == .none else {
      throw DataError.wrongWidth(video: prompt.video, expected: width, received: received)
    }
    guard prompt.evidence.frames > 0 || prompt.evidence == .none else {
      throw DataError.impossible(query: prompt.id, reason: "its video has no frames")
    }
    if let embedding = prompt.queryEmbedding {
      guard embedding.count == width else {
        throw DataError.impossible(
          query: prompt.id,
          reason: "its embedding has \(embedding.count) numbers, the frames have \(width)")
      }
      guard embedding.allSatisfy(\.isFinite) else {
        throw DataError.impossible(
          query: prompt.id, reason: "its embedding has a number that is not finite")
      }
    }
    for window in prompt.stretches where !window.isProper {
      throw DataError.impossible(
        query: prompt.id, reason: "its window ends at \(window.end) but starts at \(window.start)")
    }
  }

  /// A digest of all that a run can read from the prompts.
  static func fingerprint(train: [Prompt], dev: [Prompt], tune: [Prompt]) -> String {
    var hash = ContentHash()
    // Data without a part to tune on keeps the name it had before there was such a part.
    let parts = [("train", train), ("dev", dev)] + (tune.isEmpty ? [] : [("tune", tune)])
    for (part, prompts) in parts {
      hash.append(part)
      hash.append(integer: prompts.count)
      for prompt in prompts { append(prompt, to: &hash) }
    }
    return hash.hexadecimal()
  }

  private static func append(_ prompt: Prompt, to hash: inout ContentHash) {
    let evidence = prompt.evidence
    for text in [prompt.id, prompt.video, prompt.query] { hash.append(text) }
    for answer in prompt.truth where !(answer is Interval) {
      hash.append(answer.text)
      if let clips = (answer as? Choice)?.clips { hash.append(clips.text) }
    }
    let times =
      [evidence.duration] + evidence.timestamps + prompt.stretches.flatMap { [$0.start, $0.end] }
    let embedding = prompt.queryEmbedding ?? []
    let digests = [
      [evidence.frames, evidence.tokensPerFrame, evidence.channels],
      digest(times.count) { times[$0].bitPattern },
      digest(evidence.values.count) { UInt64(evidence.values[$0].bitPattern) },
      digest(embedding.count) { UInt64(embedding[$0].bitPattern) },
    ]
    for number in digests.joined() { hash.append(integer: number) }
    for caption in evidence.captions ?? [] { hash.append(caption) }
    for event in prompt.events ?? [] { hash.append("\(event.text) \(event.interval.text)") }
  }

  /// The count and four running 64-bit hashes of numbers; SHA-256 of all features would take seconds.
  ///
  /// Each is a multiply-and-shift mix like SplitMix64's; a changed, moved or missing number changes one of them.
  private static func digest(_ count: Int, _ bits: (Int) -> UInt64) -> [Int] {
    var lanes = SIMD4<UInt64>(
      0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0xd6e8_feb8_6659_fd93)
    let multiplier = SIMD4<UInt64>(repeating: 0xff51_afd7_ed55_8ccd)
    for start in stride(from: 0, to: count, by: 4) {
      var next = SIMD4<UInt64>.zero
      for lane in 0..<min(4, count - start) { next[lane] = bits(start + lane) &+ 1 }
      lanes = (lanes ^ next) &* multiplier
      lanes ^= lanes &>> 29
    }
    return [count] + (0..<4).map { Int(truncatingIfNeeded: lanes[$0]) }
  }
}
