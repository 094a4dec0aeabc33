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
