package import Plugins

extension ConfigurationValue {
  /// Where a run may name the run of another arm of its sweep, with the same seed: whose student it goes on training, who teaches
  /// it or is asked beside its teacher, who judges its answers, and whose clips choose its frames.
  private static let armPlaces = [
    ["student", "from"], ["teacher", "model"], ["secondTeacher", "model"],
    ["reward", "reader"], ["keyframes", "student"],
    ["evaluation", "keyframes", "student"],
  ]

  /// The arms that a run names, with the place of each: what stands there has `arm` and may have `run`.
  package var namedArms: [(place: [String], name: String)] {
    Self.armPlaces.compactMap { place in
      value(at: place + ["arm"])?.string.map { (place, $0) }
    }
  }
}
