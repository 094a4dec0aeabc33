/// One line of `opd doctor`.
struct DoctorCheck: Codable, Hashable {
  /// How good what was found is.
  enum State: String, Codable {
    /// As it should be.
    case ok
    /// Works, but slower or with something left out.
    case warn
    /// Does not work.
    case fail
  }

  /// What was looked at.
  var name: String
  /// How good it is.
  var state: State
  /// What was found.
  var found: String
  /// What to do, unless all is well.
  var remedy: String?

  /// All is well.
  static func ok(_ name: String, _ found: String) -> DoctorCheck {
    DoctorCheck(name: name, state: .ok, found: found)
  }

  /// Works, with a shortcoming.
  static func warn(_ name: String, _ found: String, _ remedy: String) -> DoctorCheck {
    DoctorCheck(name: name, state: .warn, found: found, remedy: remedy)
  }

  /// Does not work.
  static func fail(_ name: String, _ found: String, _ remedy: String) -> DoctorCheck {
    DoctorCheck(name: name, state: .fail, found: found, remedy: remedy)
  }

  /// The line for reading: state, name, what was found; what to do on a line of its own.
  func text(nameWidth: Int) -> String {
    let line = "\(padded(state.rawValue, to: 4))  \(padded(name, to: nameWidth))  \(found)"
    guard let remedy else { return line }
    return line + "\n" + String(repeating: " ", count: nameWidth + 8) + remedy
  }
}
