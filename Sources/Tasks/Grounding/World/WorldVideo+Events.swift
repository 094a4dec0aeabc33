package import Core

extension WorldVideo {
  /// What happens, in time order: of events that begin together the shorter first, then by name.
  ///
  /// An object is called as questions call it, by colour and shape; two objects of a video never share both.
  package var events: [VideoEvent] {
    let all = objects.flatMap { object in
      object.events.map { event in
        VideoEvent(
          "the \(object.colour.rawValue) \(object.shape.rawValue)", event.action.rawValue,
          Interval(Double(event.frames.lowerBound), Double(event.frames.upperBound)))
      }
    }
    return all.sorted {
      ($0.interval.start, $0.interval.end, $0.text) < ($1.interval.start, $1.interval.end, $1.text)
    }
  }
}

extension Dataset {
  /// The same prompts, each with what happens in its video.
  ///
  /// The fingerprint stays as it is: events follow from the seed that the frames follow from, and worlds made before there were
  /// events keep their name.
  func telling(_ videos: [WorldVideo]) -> Dataset {
    let known = Dictionary(videos.map { ($0.name, $0.events) }) { first, _ in first }
    func told(_ prompts: [Prompt]) -> [Prompt] {
      prompts.map { prompt in
        var copy = prompt
        copy.events = known[prompt.video]
        return copy
      }
    }
    var copy = self
    (copy.train, copy.dev, copy.tune) = (told(train), told(dev), told(tune))
    return copy
  }
}
