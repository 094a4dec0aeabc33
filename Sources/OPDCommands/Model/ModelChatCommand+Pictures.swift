internal import Core
internal import Dispatch
internal import Foundation
internal import Networks
internal import Storage
internal import Student
internal import Synchronization
internal import Tokenizers

extension ModelChatCommand {
  /// Answers each line of the input as a question about the pictures, by itself.
  func look(at folder: String) throws {
    let tokenizer = try BytePairTokenizer(folder: folder)
    let reader = try PictureReader(VisionModel(folder, positions: 1 << 15))
    while let line = readLine(), !line.isEmpty { try answer(line, reader, tokenizer) }
  }

  private func answer(
    _ line: String, _ reader: PictureReader, _ tokenizer: BytePairTokenizer
  ) throws {
    var clock = StageClock()
    let shown = try pictures.map { try reader.processor.process(Picture(try PNGImage($0))) }
    clock.ends("\(shown.count) pictures made ready")
    let tokens = tokenizer.encode(try reader.prompt(line, shown))
    guard tokens.count + maximumTokens <= reader.shape.positions else {
      throw ChatError.full(positions: reader.shape.positions)
    }
    let rows = try reader.rows(of: tokens, shown)
    clock.ends("looked at")
    let said = Mutex((text: StreamDecoder(tokenizer), clock: clock, count: 0))
    _ = reader.answer(rows, settings: settings, ends: tokenizer.ends, seed: stream) { token in
      said.withLock { said in
        if said.count == 0 { said.clock.ends("\(tokens.count) tokens read") }
        said.count += 1
        guard !tokenizer.ends.contains(token), let text = said.text.append(token) else { return }
        FileHandle.standardOutput.write(Data(text.utf8))
      }
    }
    print(said.withLock { $0.text.finish() })
    guard times else { return }
    let report = said.withLock { said in
      said.clock.ends("\(said.count) tokens written")
      return said.clock.line + "\n"
    }
    FileHandle.standardError.write(Data(report.utf8))
  }
}

/// How long the stages of a piece of work took, one after another.
private struct StageClock {
  private var last = DispatchTime.now().uptimeNanoseconds
  private var stages: [String] = []

  /// Ends a stage, and begins the next.
  mutating func ends(_ stage: String) {
    let now = DispatchTime.now().uptimeNanoseconds
    stages.append(stage + String(format: " in %.3f s", Double(now - last) * 1e-9))
    last = now
  }

  /// All stages.
  var line: String { stages.joined(separator: ", ") }
}
