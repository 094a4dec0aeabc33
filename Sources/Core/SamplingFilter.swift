/// Which tokens may be drawn: what is left out gets probability 0, and the others are scaled to sum to 1.
///
/// In the order of the transformers library: temperature, then top-k, then top-p, then min-p, each on what the one before has
/// left; of equally likely tokens the first are kept. For reading answers, never for training: a student would be trained on
/// answers of a policy that it is not.
///
/// Sources: top-k, Fan, Lewis and Dauphin, arXiv:1805.04833; top-p, Holtzman et al., arXiv:1904.09751; min-p, Nguyen et al.,
/// arXiv:2407.01082.
public struct SamplingFilter: Sendable, Hashable, Codable {
  /// How many of the likeliest tokens are kept, 1 or more; all if `nil`.
  public var topK: Int?
  /// The likeliest tokens are kept until their probabilities sum to this, above 0 and at most 1; all if `nil`.
  public var topP: Double?
  /// What is less likely than this share of the likeliest is left out, 0 … 1; nothing if `nil`.
  public var minP: Double?

  /// A filter; `nil` where nothing would be left out.
  public init?(topK: Int? = nil, topP: Double? = nil, minP: Double? = nil) {
    guard topK != nil || topP != nil || minP != nil else { return nil }
    self.topK = topK
    self.topP = topP
    self.minP = minP
  }
}
