internal import Core

/// One text on its way into tokens.
struct PieceEncoder {
  private(set) var output: [Token] = []
  private let tokenizer: BytePairTokenizer
  private let bytes: [UInt8]
  private var merger = PieceMerger()
  private var cache: PieceCache?

  init(_ tokenizer: BytePairTokenizer, bytes: [UInt8]) {
    self.tokenizer = tokenizer
    self.bytes = bytes
    // Three bytes a token is what English gives; other scripts grow the array once or twice.
    output.reserveCapacity(bytes.count / 3)
    if bytes.count >= PieceCache.worthwhile { cache = PieceCache() }
  }

  mutating func encode(_ reading: BytePairTokenizer.Reading) {
    for part in tokenizer.finders.raw.parts(bytes, bytes.indices, reading) {
      switch part {
      case .token(let token): output.append(token)
      case .text(let range): compose(range, reading)
      }
    }
  }

  private mutating func compose(_ range: Range<Int>, _ reading: BytePairTokenizer.Reading) {
    if tokenizer.composes, let composed = CanonicalComposition.composed(bytes[range]) {
      cut(composed, composed.indices, reading)
    } else {
      cut(bytes, range, reading)
    }
  }

  private mutating func cut(
    _ bytes: [UInt8], _ range: Range<Int>, _ reading: BytePairTokenizer.Reading
  ) {
    for part in tokenizer.finders.composed.parts(bytes, range, reading) {
      switch part {
      case .token(let token): output.append(token)
      case .text(let range):
        tokenizer.preTokenizer.forEachPiece(of: bytes, in: range) { append(bytes, $0) }
      }
    }
  }

  private mutating func append(_ bytes: [UInt8], _ piece: Range<Int>) {
    guard cache != nil, piece.count <= PieceCache.longest else { return merge(bytes, piece) }
    let key = PieceCache.Key(bytes, piece)
    if let known = cache?.find(key) {
      for index in known { output.append(output[index]) }
    } else {
      let start = output.count
      merge(bytes, piece)
      cache?.remember(key, at: start..<output.count)
    }
  }

  private mutating func merge(_ bytes: [UInt8], _ piece: Range<Int>) {
    let model = tokenizer.model
    if let token = model.wholes?.find(bytes, piece, of: model.bytes) {
      output.append(Token(token))
      return
    }
    merger.merge(bytes, piece, model)
    for symbol in merger.symbols { output.append(Token(symbol)) }
  }
}
