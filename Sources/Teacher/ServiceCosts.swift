/// What asking a live teacher, a program or a service, has cost.
public struct ServiceCosts: Sendable, Hashable, Codable {
  /// Requests that were answered.
  public var requests = 0
  /// Attempts that had to be repeated.
  public var retries = 0
  /// Tokens that were read, as a service counts them.
  public var promptTokens = 0
  /// Tokens that were generated: one a request, because most services cannot generate none.
  public var generatedTokens = 0
  /// What that cost at the given price.
  public var price = 0.0
  /// Responses whose score was known from an earlier request.
  public var remembered = 0

  /// Nothing yet.
  public init() {}

  /// Both together.
  public static func + (first: ServiceCosts, second: ServiceCosts) -> ServiceCosts {
    var sum = first
    sum.requests += second.requests
    sum.retries += second.retries
    sum.promptTokens += second.promptTokens
    sum.generatedTokens += second.generatedTokens
    sum.price += second.price
    sum.remembered += second.remembered
    return sum
  }
}
