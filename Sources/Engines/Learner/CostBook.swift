#if Engines
import Student
import Synchronization

/// Counts what an engine does; a frozen engine counts into the book of the one it was made of.
final class CostBook: Sendable {
  private let costs = Mutex(LearnerCosts())
  private let prices: TokenPrices

  init(_ prices: TokenPrices) { self.prices = prices }

  var total: LearnerCosts { costs.withLock { $0 } }

  /// Notes that prompts were read and answers sampled.
  func sampled(requests: Int, prompts: Int, answers: Int) {
    let price = prices.price(of: LearnerTokens(read: prompts, sampled: answers))
    costs.withLock {
      $0.requests += requests
      $0.promptTokens += prompts
      $0.sampledTokens += answers
      $0.price += price
    }
  }

  /// Notes forward passes over so many tokens.
  func scored(requests: Int, tokens: Int) {
    let price = prices.price(of: LearnerTokens(read: tokens))
    costs.withLock {
      $0.requests += requests
      $0.scoredTokens += tokens
      $0.price += price
    }
  }

  /// Notes passes over so many tokens that left a gradient, and the step.
  func trained(requests: Int, tokens: Int) {
    let price = prices.price(of: LearnerTokens(trained: tokens))
    costs.withLock {
      $0.requests += requests
      $0.trainedTokens += tokens
      $0.price += price
    }
  }
}
#endif
