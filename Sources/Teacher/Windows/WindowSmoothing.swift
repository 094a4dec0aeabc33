/// How a list of scored windows becomes a distribution over the answer grid.
///
/// `weight(s, e) = Σ_k c_k · exp(−(|s−s_k| + |e−e_k|)/τ)` with `c_k = confidence_k^(1/T)`, or `Σ_k c_k · exp((IoU_k − 1)/T′)`, which
/// lets a long window be missed by more than a short one, normalised over the grid; a
/// share `floorShare` of the probability is then spread evenly over the grid, and at every token a share `offGridMass`
/// evenly over the vocabulary, so that no log-probability is infinite.
///
/// Source: this laboratory's own teacher; the kernel is Laplace's on both ends of the window.
package struct WindowSmoothing: Sendable, Hashable, Codable {
  /// τ, in seconds, above 0: how far from a window its confidence reaches.
  package var scale: Double

  /// T′, above 0: how much less overlap makes a window less probable by e, in place of τ; `nil` for distances in seconds.
  ///
  /// Optional, so that a smoothing without is written as it always was.
  package var overlapTemperature: Double?

  /// The share of the probability that is spread evenly over all windows of the grid, 0 ..< 1.
  package var floorShare: Double

  /// T, above 0: confidences are raised to 1/T; below 1 the best window wins, above 1 all become alike.
  package var confidenceTemperature: Double

  /// ε, within 0 ..< 1 and above 0: the share of every next-token distribution that is uniform over the vocabulary.
  package var offGridMass: Double

  /// The defaults.
  package init() { self.init(scale: 4) }

  /// Smoothing with the given parameters.
  package init(
    scale: Double = 4, floorShare: Double = 0.02, confidenceTemperature: Double = 1,
    offGridMass: Double = 1e-4, overlapTemperature: Double? = nil
  ) {
    self.scale = scale
    self.overlapTemperature = overlapTemperature
    self.floorShare = floorShare
    self.confidenceTemperature = confidenceTemperature
    self.offGridMass = offGridMass
  }

  /// Throws if a parameter is out of range.
  ///
  /// - Throws: `TeacherError.parameter`.
  package func validate() throws {
    try check("scale", scale, "above 0") { $0 > 0 && $0.isFinite }
    if let overlapTemperature {
      try check("overlapTemperature", overlapTemperature, "above 0") { $0 > 0 && $0.isFinite }
    }
    try check("floorShare", floorShare, "at least 0 and below 1") { $0 >= 0 && $0 < 1 }
    try check("confidenceTemperature", confidenceTemperature, "above 0") { $0 > 0 && $0.isFinite }
    try check("offGridMass", offGridMass, "above 0 and below 1") { $0 > 0 && $0 < 1 }
  }
}

/// Throws unless a parameter is allowed.
func check(
  _ name: String, _ value: Double, _ allowed: String, _ isAllowed: (Double) -> Bool
) throws {
  guard isAllowed(value) else {
    throw TeacherError.parameter(name: name, value: "\(value)", allowed: allowed)
  }
}
