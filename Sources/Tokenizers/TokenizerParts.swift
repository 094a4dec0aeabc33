internal import Core

/// Everything a byte-level tokenizer consists of, as a file states it and before it is made fast.
struct TokenizerParts: Sendable {
  /// The file, for sentences.
  var source: String
  /// How each token is written: in the byte alphabet, or, for some added ones, as it is.
  var spellings = Spellings()
  /// Which tokens the model itself has; the others are only ever cut out of a text as they stand.
  var isInModel: [Bool] = []
  /// Pairs in the order in which they merge.
  var merges: [(left: String, right: String)] = []
  /// The tokens that a piece may equal and then is taken for, whatever the merges would make of it.
  var wholes: [Token] = []
  var added: [AddedToken] = []
  var preTokenizer = PreTokenizer(cuts: [])
  /// Whether text is put in Unicode's composed form first.
  var composes = false
  /// What a template puts around a text.
  var frame = Frame()
  /// What ends a response; the first is what is written there.
  var ends: [Token] = []

  /// The token of the model that is written so.
  func token(spelt text: [UInt8], _ range: Range<Int>) -> UInt32? {
    spellings.find(text, range).flatMap { isInModel[Int($0)] ? $0 : nil }
  }

  func token(spelt text: String) -> UInt32? {
    let text = Array(text.utf8)
    return token(spelt: text, text.indices)
  }

  /// How added tokens that are looked for in composed text are written: composed themselves.
  var composedContents: [Token: ArraySlice<UInt8>] {
    guard composes else { return [:] }
    var contents: [Token: ArraySlice<UInt8>] = [:]
    for token in added where token.isNormalized {
      let bytes = Array(token.content.utf8)
      contents[token.token] = (CanonicalComposition.composed(bytes[...]) ?? bytes)[...]
    }
    return contents
  }

  /// Tokens before and after a text.
  struct Frame: Sendable, Hashable {
    var before: [Token] = []
    var after: [Token] = []
  }
}

/// A token that is cut out of a text before anything is merged.
struct AddedToken: Sendable, Hashable {
  var content: String
  var token: Token
  /// Only where no letter, digit, mark or underscore adjoins it.
  var isSingleWord = false
  /// Takes the white space before it along.
  var stripsLeft = false
  /// Takes the white space after it along.
  var stripsRight = false
  /// Looked for in the composed text, not in the text as it came.
  var isNormalized = false
  /// A control token, which a text read as plain text cannot contain.
  var isSpecial = false
}
