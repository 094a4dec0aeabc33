package import Core

/// Why a student cannot be asked something.
package enum AnsweringError: ExplainedError, Hashable {
  /// A student of texts was given a video.
  case readsNoVideos(run: String)
  /// A student of videos was given none.
  case needsVideo(run: String)
  /// Nothing is called so: no file, and no video of the run's data.
  case noVideo(name: String, data: String, nearest: String?)
  /// A file of features has several videos, and none was named.
  case severalVideos(path: String, count: Int, first: String)
  /// The frames have another shape than those the student reads: [rows a frame, numbers a row].
  case shape(video: String, received: [Int], expected: [Int])
  /// The video is longer than any that the student's answers can name times of, in seconds.
  case tooLong(video: String, duration: Double, longest: Double)
  /// Frames and question take more rows than the student has positions for.
  case tooManyRows(rows: Int, most: Int)
  /// The student reads questions as feature rows, and nobody has one for this question.
  case noEmbedding(run: String, channels: Int)
  /// The frames of the student's data were made knowing the question.
  case queryAware(run: String)
  /// A word that no question of the student's data has.
  case unknownWord(String, run: String, nearest: String?)
  /// A question with options, or without, to a student that needs the other.
  case options(run: String, needs: Bool)
  /// There are more options than the student has letters for.
  case tooManyOptions(count: Int, most: Int)

  /// What happened.
  package var happened: String {
    switch self {
    case .readsNoVideos(let run): "The student of '\(run)' reads texts, and no videos."
    case .needsVideo(let run): "The student of '\(run)' is asked about a video, and none was named."
    case .noVideo(let name, let data, _):
      "'\(name)' is no file, and no video of the run's data '\(data)'."
    case .severalVideos(let path, let count, _): "'\(path)' holds \(count) videos."
    case .shape(let video, let received, let expected):
      "The frames of '\(video)' have \(received[0]) rows of \(received[1]) numbers, and the student "
        + "reads \(expected[0]) of \(expected[1])."
    case .tooLong(let video, let duration, let longest):
      "'\(video)' lasts \(duration) s, and the student has words for times up to \(longest) s."
    case .tooManyRows(let rows, let most):
      "The frames and the question take \(rows) rows, and the student has positions for \(most)."
    case .noEmbedding(let run, let channels):
      "The student of '\(run)' reads a question as \(channels) numbers, which nobody made of this one."
    case .queryAware(let run):
      "The frames that the student of '\(run)' reads were made knowing the question."
    case .unknownWord(let word, let run, _):
      "The student of '\(run)' never met the word '\(word)'."
    case .options(let run, let needs):
      needs
        ? "The student of '\(run)' chooses among options, and none were given."
        : "The student of '\(run)' does not choose among options."
    case .tooManyOptions(let count, let most):
      "\(count) options were given, and the student has letters for \(most)."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .readsNoVideos: "Leave the video out."
    case .needsVideo: "Name a video, or a file of features, before the question."
    case .noVideo(_, _, let nearest):
      nearest.map { "Did you mean '\($0)'?" } ?? "Check the path, or name a video of the data."
    case .severalVideos(let path, _, let first): "Name one of them, such as '\(path):\(first)'."
    case .shape: "Extract its features as those of the run's data were."
    case .tooLong: "Cut the video, or train a student on videos as long."
    case .tooManyRows: "Ask a run that chooses keyframes, or cut the video."
    case .noEmbedding: "Ask one of the questions of its data, or name an embedding with --query."
    case .queryAware: "Ask about a video of its data one of the questions that it holds."
    case .unknownWord(_, _, let nearest):
      nearest.map { "Did you mean '\($0)'?" }
        ?? "Ask in the words of its data, which student.json lists."
    case .options(_, let needs): needs ? "Give each with --option." : "Leave --option out."
    case .tooManyOptions: "Give fewer, or train with answers of form text."
    }
  }

  /// A matter of the command line, but for what a video is.
  package var exitStatus: ExitStatus {
    switch self {
    case .shape, .tooLong, .tooManyRows: .badInput
    default: .usage
    }
  }
}
