/// A learner between two updates: named numbers where the learner is in this process, a name and a digest elsewhere.
///
/// Whoever keeps it writes the blobs down and reads nothing into them.
public struct LearnerState: Sendable, Hashable {
  /// Some of its numbers.
  public struct Blob: Sendable, Hashable {
    /// What they are called, unique within the state.
    public var name: String
    /// The numbers.
    public var values: [Float]

    /// Named numbers.
    public init(_ name: String, _ values: [Float]) {
      self.name = name
      self.values = values
    }
  }

  /// Its numbers, weights first; empty where they are kept elsewhere.
  public var blobs: [Blob]
  /// Updates of the optimizer since its moments were zero.
  public var optimizerUpdates: Int
  /// What the state is called where it is kept elsewhere; `nil` where the blobs are all of it.
  public var name: String?
  /// A digest of what is kept elsewhere.
  public var digest: String?
  /// Whether the moments of what is kept elsewhere are to be left there.
  public private(set) var isWeightsAlone = false

  /// A state.
  public init(
    blobs: [Blob], optimizerUpdates: Int = 0, name: String? = nil, digest: String? = nil
  ) {
    self.blobs = blobs
    self.optimizerUpdates = optimizerUpdates
    self.name = name
    self.digest = digest
  }

  /// The numbers with a name, or `nil`.
  public subscript(name: String) -> [Float]? { blobs.first { $0.name == name }?.values }

  /// The same state as a stage leaves it to the next: without moments and average.
  public var weights: LearnerState {
    var weights = LearnerState(
      blobs: blobs.filter { $0.name == Self.parameters }, optimizerUpdates: optimizerUpdates,
      name: name, digest: digest)
    weights.isWeightsAlone = true
    return weights
  }

  /// What weights are called.
  public static let parameters = "parameters"
  /// What the optimizer's running means of gradients are called.
  public static let firstMoments = "firstMoments"
  /// What the optimizer's running means of squared gradients are called.
  public static let secondMoments = "secondMoments"
  /// What the moving average of the weights is called; it is what a self-teacher may be made of.
  public static let average = "selfTeacher"
}
