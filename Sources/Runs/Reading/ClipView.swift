internal import Core
internal import TAD
internal import Tasks

/// Which frames of a video somebody is shown who follows a policy's clips.
struct ClipView: Sendable {
  /// How the policy writes clips.
  let codec: AnswerCodec
  /// How frames are drawn from them.
  let drawing: AnyKeyframes
  /// How many.
  let budget: any FrameBudget & Sendable

  /// The frames that a response asks for; `nil` where it cannot be read.
  func frames(_ tokens: [Token], to prompt: Prompt) -> [Int]? {
    guard let answer = codec.decode(tokens, to: prompt), let list = ClipList(of: answer) else {
      return nil
    }
    return frames(list, of: prompt)
  }

  /// The frames for some clips; evenly spaced ones where there are none.
  func frames(_ list: ClipList, of prompt: Prompt) -> [Int] {
    let times = prompt.evidence.timestamps
    return drawing.indices(
      list.clips.map { KeyClip(covering: $0.interval, times: times, priority: $0.priority) },
      budget: budget.kept(of: times.count), frames: times.count)
  }
}
