internal import Core

/// What to do about annotations that cannot be used.
package enum UnusableAnnotations: Sendable, Hashable {
  /// They are an error that names all of them.
  case refused
  /// They are left out and counted: windows first, and questions of which nothing is left.
  case leftOut
}

/// The one reading of annotations that importing, training and evaluation share.
///
/// Everything is looked at before anything is refused, against the file's own numbers: durations, windows, clips, what
/// people said of clips, and the features where there are any.
package struct AnnotationCheck {
  /// The features of the videos; `nil` where only the annotations' own durations are at hand.
  var store: FeatureStore?
  /// What is said of the clips of videos; `nil` where nobody asks.
  var captions: ClipCaptions?
  /// Whether the features themselves are looked at, not their shapes only.
  var readsFeatures = true

  /// Questions that can be used, each with the length of its video and windows within it.
  private(set) var usable: [AnnotatedQuery] = []
  /// What is wrong, in the order in which it was found; each thing once.
  private(set) var faults: [String] = []
  /// How many questions were left out.
  private(set) var dropped = 0
  /// How many windows were left out of questions that others remain of.
  private(set) var droppedWindows = 0
  /// How many windows reach over an end of their video and were cut there.
  private(set) var cut = 0

  private var spoiled = Set<String>()
  private var places: [String: String] = [:]
  private var durations: [String: (seconds: Double, place: String)] = [:]

  /// The longest video in seconds, eleven days: what is above was written in another unit.
  package static let longest = 1e6

  init(_ store: FeatureStore?, readsFeatures: Bool = true) {
    self.store = store
    self.readsFeatures = readsFeatures
  }

  /// Looks at questions, one after the other.
  ///
  /// - Throws: What makes the features unreadable as a whole.
  mutating func add(_ questions: [AnnotatedQuery]) throws {
    for question in questions { try add(question) }
  }

  /// Refuses what was found.
  ///
  /// - Parameter others: What is wrong besides.
  /// - Throws: `DataError.unusable` with all of it.
  func refuseFaults(and others: [String] = []) throws {
    let faults = faults + others
    guard faults.isEmpty else {
      throw DataError.unusable(
        count: faults.count, first: Array(faults.prefix(DataError.listed)))
    }
  }

  private mutating func add(_ question: AnnotatedQuery) throws {
    let before = faults.count
    var question = question
    if let first = places[question.id] {
      fault(question, "the query is there more than once, first in \(first)")
    } else {
      places[question.id] = question.place
    }
    guard let duration = try duration(of: question) else {
      dropped += 1
      return
    }
    question.duration = duration
    checkClips(question, duration)
    // A question that its video or its clips spoil is left out whole, one that a window spoils without the window.
    let isSound = faults.count == before
    fitWindows(&question, duration)
    let hadWindows = faults.count == before || !question.windows.isEmpty
    guard isSound, hadWindows else {
      dropped += 1
      return
    }
    usable.append(question)
  }

  private mutating func fitWindows(_ question: inout AnnotatedQuery, _ duration: Double) {
    var fitted: [Interval] = []
    for window in question.windows {
      do throws(UnusableWindow) {
        let inside = try window.fitted(to: duration)
        cut += inside == window ? 0 : 1
        fitted.append(inside)
      } catch {
        fault(question, error.reason)
      }
    }
    if !fitted.isEmpty { droppedWindows += question.windows.count - fitted.count }
    question.windows = fitted
  }

  private mutating func checkClips(_ question: AnnotatedQuery, _ duration: Double) {
    let clips = Int((duration / HighlightPrecision.clipLength).rounded(.up))
    if let bad = question.clips.first(where: { !(0..<clips).contains($0) }) {
      fault(question, "clip \(bad) is none of its \(clips)")
    }
    var named = Set<Int>()
    if let again = question.clips.first(where: { !named.insert($0).inserted }) {
      fault(question, "clip \(again) is there more than once")
    }
    let judged = question.saliency.count
    if judged > 0, judged != question.clips.count {
      fault(question, "it has \(question.clips.count) clips, but scores of \(judged)")
    }
    if let bad = question.saliency.joined().first(where: { !(0...4).contains($0) }) {
      fault(question, "the score \(bad) is none of 0 … 4")
    }
  }

  /// Notes what is wrong with a question.
  mutating func fault(_ question: AnnotatedQuery, _ reason: String) {
    faults.append("\(question.place), query '\(question.id)': \(reason)")
  }

  /// A fault of a video, which all of its questions share.
  private mutating func fault(of video: String, _ reason: String) {
    if spoiled.insert(video).inserted { faults.append(reason) }
  }

  /// How long a question's video is, if all that is said of it agrees.
  private mutating func duration(of question: AnnotatedQuery) throws -> Double? {
    if let stated = question.duration {
      guard stated > 0, stated <= Self.longest else {
        fault(question, "the duration is \(stated), not above 0 and at most \(Self.longest) s")
        return nil
      }
      let known = durations[question.video]
      if let known, abs(known.seconds - stated) > 0.01 {
        fault(
          question,
          "video '\(question.video)' is \(stated) s long, but \(known.seconds) s in \(known.place)")
        return nil
      }
      if known == nil { durations[question.video] = (stated, question.place) }
    }
    guard let store else {
      if question.duration == nil { fault(question, "nobody says how long its video is") }
      return question.duration
    }
    return try duration(of: question, in: store)
  }

  private mutating func duration(
    of question: AnnotatedQuery, in store: FeatureStore
  ) throws -> Double? {
    let video = question.video
    guard let clips = try store.clips(of: video) else {
      fault(of: video, "the features have no video '\(video)'\(store.nearest(to: video))")
      return nil
    }
    let seconds = Double(clips) * store.clipLength
    let duration = question.duration ?? seconds
    // The last clip may be a part of one, and extractors leave out one or two at the end.
    let place = durations[video]?.place ?? question.place
    guard abs(seconds - duration) <= max(2 * store.clipLength, 0.05 * duration) else {
      fault(
        of: video,
        "video '\(video)' is \(duration) s long in \(place), but its \(clips) clips of "
          + "\(store.clipLength) s make \(seconds) s")
      return nil
    }
    if readsFeatures, let reason = try store.sameness(of: video, duration: duration) {
      fault(of: video, reason)
      return nil
    }
    if let captions, let reason = captions.fault(video, clips: clips) {
      fault(of: video, reason)
      return nil
    }
    return duration
  }
}
