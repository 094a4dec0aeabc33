package import ArgumentParser
internal import Runs
internal import Storage

/// `opd answer`: what a trained student says to a free question.
package struct AnswerCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "answer",
    abstract: "Ask a run's student about any video, or a text.",
    discussion: """
      Examples:
        opd answer runs/first world-dev-0 "the red circle blinks"
        opd answer runs/mine clips.h5:lecture-7 "the speaker opens the door" --html answer.html
        opd answer runs/mine new.mp4 "the door opens" --encoder '{process: {command: [python3, my_encoder.py]}}'
        opd answer runs/countdown/sft "make 24 from 3, 4, 2"

      The video is a file of features (FILE.h5 or a folder with features.h5, with :NAME where it holds several), a video \
      file where the student reads the program's own descriptors, or with the --encoder that `opd features` was given, or a video \
      of the run's data. Frames are chosen as the \
      run is evaluated. A run's folder is enough: its data is read only for a video of that data. The answer is read \
      twice: the likeliest token each time, and the answer of least risk, which agrees best with all others.
      """)

  @Argument(help: "The folder of a run.", completion: .directory)
  var run: String

  @Argument(help: "The video, where the student looks at videos, and the question.")
  var question: [String]

  @Option(help: "An option of the question, for a student that chooses; once for each.")
  var option: [String] = []

  @Option(help: "The name of the question's embedding in the file of features, /query/NAME.")
  var query: String?

  @Option(help: "What makes features of the video file and of the question, as for `opd features`.")
  var encoder: String?

  @Option(help: "Samples for the answer of least risk; every answer is weighed if left out.")
  var samples: Int?

  @Option(help: "Write a page with the frames looked at and the answers on a time line.")
  var html: String?

  @Option(help: "How it is printed.")
  var format: PrintedFormat = .text

  /// A command without arguments, for the parser.
  package init() {}

  /// Refuses anything but a question, perhaps after a video.
  package func validate() throws {
    guard (1...2).contains(question.count), question.last?.isEmpty == false else {
      throw ValidationError("Name a run, a video where it looks at videos, and one question.")
    }
    try check("--samples", samples, 2...100_000)
  }

  /// Asks, prints, and writes the page.
  package func run() async throws {
    let student = try await AskedStudent(run, in: OPDCommand.laboratory())
    var asked = FreeQuestion(
      question[question.count - 1], about: question.count == 2 ? question[0] : nil)
    (asked.options, asked.embedding, asked.samples) = (option, query, samples)
    let answer = try await student.answer(
      asked, by: try await FeaturesCommand.encoder(encoder))
    if let html { try AtomicFile.write(try await answer.page(), to: html) }
    try StandardOutput.write((format == .json ? try answer.json : answer.text) + "\n")
  }
}
