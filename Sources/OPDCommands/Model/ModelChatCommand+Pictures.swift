internal import Core
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
    let model = try VisionModel(folder, positions: 1 << 15)
    let positions = model.configuration.decoder?.positions ?? 0
    let reader = try PictureReader(model)
    let shown = try pictures.map { try reader.processor.process(Picture(try PNGImage($0))) }
    while let line = readLine(), !line.isEmpty {
      let tokens = tokenizer.encode(try reader.prompt(line, shown))
      guard tokens.count + maximumTokens <= positions else {
        throw ChatError.full(positions: positions)
      }
      let written = Mutex(StreamDecoder(tokenizer))
      _ = try reader.answer(
        tokens, shown,
        settings: SamplingSettings(
          group: 1, temperature: temperature, maximumLength: maximumTokens),
        ends: tokenizer.ends, seed: Seed(UInt64(bitPattern: Int64(seed)))
      ) { token in
        guard !tokenizer.ends.contains(token) else { return }
        written.withLock { decoder in
          if let text = decoder.append(token) { FileHandle.standardOutput.write(Data(text.utf8)) }
        }
      }
      print(written.withLock { $0.finish() })
    }
  }
}
