internal import Core

extension MethodPreset {
  /// Every method as a Markdown table, as in `docs/objectives.md`.
  package static var table: String {
    let rows = all.map { preset in
      "| `\(preset.name)` | \(preset.summary) | \(preset.gradient) | \(preset.needs) "
        + "| \(preset.source) |"
    }
    let head = [
      "| method | what it does | gradient it follows | needs | source |", "|---|---|---|---|---|",
    ]
    return (head + rows).joined(separator: "\n")
  }

  /// What the method needs, in words.
  package var needs: String {
    let requirements = objective.requirements
    var words: [String] = []
    let teacher = hints.selfTeacher == nil ? "teacher" : "itself as teacher"
    switch requirements.teacherSupport {
    case nil: break
    case .sampled: words.append("\(teacher) (sampled token)")
    case .top(let k): words.append("\(teacher) (top \(k))")
    case .full: words.append("\(teacher) (whole vocabulary)")
    }
    if requirements.needsReward { words.append("reward") }
    if requirements.needsReference { words.append("reference") }
    if requirements.disorderedInput != nil { words.append("disordered input") }
    if objective.rolloutSource == .demonstrations { words.append("demonstrations") }
    if objective.rolloutSource == .teacher { words.append("the teacher's answers") }
    if hints.group > 1 { words.append("\(hints.group) answers a prompt") }
    return words.isEmpty ? "nothing" : words.joined(separator: ", ")
  }
}
