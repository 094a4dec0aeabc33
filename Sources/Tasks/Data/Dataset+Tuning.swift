internal import Core

extension Dataset {
  /// The same data with a share of the videos to train on kept back to choose settings by.
  ///
  /// Questions that were made of others are trained on only. Which videos are kept follows from their names, so it is the same for
  /// every run and on every machine.
  ///
  /// - Parameter share: The share, 0 … 1; of the smallest that is not 0, one video. 0 leaves the data as it is.
  /// - Returns: The data with `tune`, whose videos are in no other part.
  /// - Throws: `DataError.nothingThere` where no video is left to train on.
  /// - Complexity: Looks at every feature once more.
  public func keepingBack(_ share: Double) throws -> Dataset {
    guard share > 0, !train.isEmpty else { return self }
    let ranked = Set(train.map(\.video)).sorted { Self.rank($0) < Self.rank($1) }
    let kept = Set(ranked.prefix(max(1, Int((share * Double(ranked.count)).rounded()))))
    guard kept.count < ranked.count else {
      throw DataError.nothingThere(what: "videos of '\(name)' left to train on")
    }
    var result = try Dataset(
      name: name, train: train.filter { !kept.contains($0.video) }, dev: dev,
      tune: tune + train.filter { kept.contains($0.video) && $0.origin == nil },
      isQueryAware: isQueryAware)
    result.filmed = filmed
    return result
  }

  private static func rank(_ video: String) -> String { ContentHash.of(["tune", video]) }
}
