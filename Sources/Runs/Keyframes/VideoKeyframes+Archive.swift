internal import Core
internal import Storage

extension VideoKeyframes {
  /// Writes the chosen frames as a file of features in the layout of video summarization.
  ///
  /// | dataset | what |
  /// |---|---|
  /// | `/<video>/features` [K, D] | the descriptor of each chosen frame; its text attribute `tokens_per_frame` is N |
  /// | `/<video>/picks` [K] | the number of each chosen frame |
  /// | `/<video>/timestamps` [K] | its time in seconds |
  /// | `/<video>/change_points` [S, 2] | first and last frame of each segment that a chosen apex or cut begins |
  /// | `/<video>/n_frames`, `/<video>/n_steps`, `/<video>/fps` | frames of the video, chosen frames, frames a second |
  ///
  /// - Parameters:
  ///   - videos: Videos whose first selection is written.
  ///   - path: The file, whole or not at all.
  /// - Throws: `StorageError.unwritable`.
  package static func writeFeatures(of videos: [VideoKeyframes], to path: String) throws {
    try AtomicFile.replace(path) { temporary in
      do {
        let file = try HDF5File.create(temporary)
        for video in videos { try video.write(to: file) }
        try file.flush()
      } catch StorageError.unwritable(_, let reason) {
        // Named after the file that was asked for, with the library's first words: it goes on for lines.
        let words = reason.prefix { !$0.isNewline && $0 != ":" }
        throw StorageError.unwritable(path: path, reason: String(words))
      }
    }
  }

  /// The name of the video's group: its path without the ending of the file.
  private var archiveName: String {
    let parts = video.split(separator: "/").map { String($0) }
    return (parts.dropLast() + [stem(of: video)]).joined(separator: "-")
  }

  private func write(to file: HDF5File) throws {
    let chosen = selections.first?.keyframes ?? []
    let picks = chosen.map(\.index)
    let rows = evidence.features.selecting(picks)
    let segments = segments(chosen)
    let place = archiveName
    try file.write(place + "/features", rows.values, shape: [picks.count, rows.stride])
    try file.write(
      attribute: "tokens_per_frame", "\(rows.tokensPerFrame)", of: place + "/features")
    try file.write(place + "/picks", picks, shape: [picks.count])
    try file.write(place + "/timestamps", rows.timestamps, shape: [picks.count])
    try file.write(
      place + "/change_points", segments.flatMap { [$0.lowerBound, $0.upperBound - 1] },
      shape: [segments.count, 2])
    try file.write(place + "/n_frames", [frames], shape: [1])
    try file.write(place + "/n_steps", [picks.count], shape: [1])
    try file.write(place + "/fps", [rate], shape: [1])
  }

  /// Puts files of one or more videos together as one.
  ///
  /// - Throws: `StorageError`.
  static func joinFeatures(_ paths: [String], to path: String) throws {
    try AtomicFile.replace(path) { temporary in
      let joined = try HDF5File.create(temporary)
      for part in try paths.map(HDF5File.open) {
        for video in try part.names() { try copy(video, from: part, to: joined) }
      }
      try joined.flush()
    }
  }

  private static func copy(_ video: String, from part: HDF5File, to joined: HDF5File) throws {
    for name in ["features", "timestamps", "fps"] {
      let place = "\(video)/\(name)"
      let shape = try part.shape(of: place)
      if name == "features" {
        try joined.write(place, try part.floats(place), shape: shape)
      } else {
        try joined.write(place, try part.doubles(place), shape: shape)
      }
    }
    for name in ["picks", "change_points", "n_frames", "n_steps"] {
      let place = "\(video)/\(name)"
      try joined.write(place, try part.integers(place), shape: try part.shape(of: place))
    }
    let place = video + "/features"
    try joined.write(
      attribute: "tokens_per_frame", try part.attribute("tokens_per_frame", of: place), of: place)
  }

  /// The stretches between chosen apexes or cuts.
  func segments(_ chosen: [Frame]) -> [Range<Int>] {
    let starts = [0] + chosen.filter { $0.apex && $0.index > 0 }.map(\.index)
    return zip(starts, starts.dropFirst() + [frames]).map { $0..<$1 }
  }
}
