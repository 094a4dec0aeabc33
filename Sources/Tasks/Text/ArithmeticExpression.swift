/// An expression of whole numbers with +, −, × and ÷, as people write one: `(16 + 13) * 5`.
///
/// Values are exact fractions, so that 1/3·3 is 1; what leaves 32 bits is no value.
package struct ArithmeticExpression: Sendable, Hashable {
  /// Its value; `nil` where it divides by zero or grows out of bounds.
  package let value: Fraction?
  /// The numbers in it, in the order in which they are written.
  package let numbers: [Int]

  /// The most characters that are read: longer texts are no answers.
  static let longest = 200

  /// The expression that a whole text is, white space aside; `nil` where it is none.
  package init?(_ text: String) {
    guard text.utf8.count <= Self.longest else { return nil }
    var parser = Parser(text)
    guard let value = parser.sum(depth: 0), parser.isAtEnd else { return nil }
    self.value = value.isUsable ? value : nil
    numbers = parser.numbers
  }
}

/// A fraction of whole numbers in lowest terms; its denominator is 0 where it has no value.
package struct Fraction: Sendable, Hashable {
  /// Above the line.
  package let numerator: Int
  /// Below the line, at least 1, or 0 where there is no value.
  package let denominator: Int

  /// A fraction; without a value where the denominator is 0 or a number leaves 32 bits.
  package init(_ numerator: Int, _ denominator: Int = 1) {
    let divisor = Self.divisor(abs(numerator), abs(denominator))
    let bound = 1 << 31
    guard denominator != 0, divisor > 0, abs(numerator) < bound, abs(denominator) < bound else {
      (self.numerator, self.denominator) = (0, 0)
      return
    }
    let sign = denominator < 0 ? -1 : 1
    self.numerator = sign * numerator / divisor
    self.denominator = sign * denominator / divisor
  }

  /// Whether it has a value.
  package var isUsable: Bool { denominator != 0 }

  private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }

  /// The result of an operation; without a value where one of the two has none.
  // Terms are below 2³¹, so that their products fit 64 bits.
  func combined(_ operation: Character, _ other: Fraction) -> Fraction {
    guard isUsable, other.isUsable else { return Fraction(0, 0) }
    let (a, b, c, d) = (numerator, denominator, other.numerator, other.denominator)
    return switch operation {
    case "+": Self.bounded(a * d, c * b, b * d)
    case "-": Self.bounded(a * d, -c * b, b * d)
    case "*": Self.bounded(a * c, 0, b * d)
    default: Self.bounded(a * d, 0, b * c)
    }
  }

  private static func bounded(_ first: Int, _ second: Int, _ below: Int) -> Fraction {
    let (sum, overflow) = first.addingReportingOverflow(second)
    let divisor = Self.divisor(abs(sum), abs(below))
    guard !overflow, divisor > 0 else { return Fraction(0, 0) }
    return Fraction(sum / divisor, below / divisor)
  }
}

/// Reads an expression by recursive descent.
private struct Parser {
  private var rest: Substring
  private(set) var numbers: [Int] = []

  init(_ text: String) { rest = text.filter { !$0.isWhitespace }[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func sum(depth: Int) -> Fraction? {
    guard var value = product(depth: depth) else { return nil }
    while let operation = take(from: ["+": "+", "-": "-", "−": "-"]) {
      guard let next = product(depth: depth) else { return nil }
      value = value.combined(operation, next)
    }
    return value
  }

  private mutating func product(depth: Int) -> Fraction? {
    guard var value = factor(depth: depth) else { return nil }
    while let operation = take(from: ["*": "*", "×": "*", "/": "/", "÷": "/"]) {
      guard let next = factor(depth: depth) else { return nil }
      value = value.combined(operation, next)
    }
    return value
  }

  private mutating func factor(depth: Int) -> Fraction? {
    guard depth < 32 else { return nil }
    if rest.first == "(" {
      rest.removeFirst()
      guard let value = sum(depth: depth + 1), rest.popFirst() == ")" else { return nil }
      return value
    }
    let digits = rest.prefix { ("0"..."9").contains($0) }
    guard (1...9).contains(digits.count), let number = Int(digits) else { return nil }
    rest = rest.dropFirst(digits.count)
    numbers.append(number)
    return Fraction(number)
  }

  private mutating func take(from operations: [Character: Character]) -> Character? {
    guard let first = rest.first, let operation = operations[first] else { return nil }
    rest.removeFirst()
    return operation
  }
}
