package import Tensors

/// A low-rank change of one linear layer: `y = W·x + s·B·(A·x)`.
package struct LowRankFactors: Sendable, Hashable {
  /// The layer's path, as PEFT and transformers write it.
  package let module: String
  /// r.
  package let rank: Int
  /// s = α/r, or α/√r where rank-stabilised.
  package let scaling: Double
  /// Columns of W.
  package let inputs: Int
  /// Rows of W.
  package let outputs: Int
  /// A: r × inputs, row-major.
  package var down: [Float]
  /// B: outputs × r, row-major.
  package var up: [Float]
}

/// A linear layer that is trained as a whole beside frozen ones.
package struct WholeMatrix: Sendable, Hashable {
  /// The layer's path.
  package let module: String
  /// Rows of W.
  package let rows: Int
  /// Columns of W.
  package let columns: Int
  /// W, row-major.
  package var values: [Float]

  /// What PEFT calls a layer that is saved as a whole.
  var name: String { "base_model.model.\(module).weight" }
}

/// An adapter: low-rank changes of some linear layers of a model, and layers that are trained as a whole.
package struct LowRankAdapter: Sendable, Hashable {
  /// How it was set up.
  package let configuration: AdapterConfiguration
  /// The changes, in the order of the model's parameters.
  package var factors: [LowRankFactors]
  /// What is trained as a whole.
  package internal(set) var whole: [WholeMatrix] = []
  /// What the layers are called.
  let names: ModuleNames

  /// The linear layers among parameters, by path, with their shape.
  static func modules(
    _ layout: ParameterLayout, _ prefix: String, _ names: ModuleNames
  ) -> [(module: String, rows: Int, columns: Int)] {
    layout.entries.filter { $0.shape.count == 2 && $0.name.hasPrefix(prefix) }
      .flatMap { entry in
        let modules = names.modules(entry.name)
        return modules.map { ($0, entry.shape[0] / modules.count, entry.shape[1]) }
      }
  }

  /// An adapter that changes nothing yet: B is zero and A as given.
  ///
  /// - Parameters:
  ///   - configuration: What is adapted and how.
  ///   - shape: The model.
  ///   - file: What sentences call the configuration.
  ///   - draw: One number of A; PEFT draws them uniformly within ±1/√inputs.
  /// - Throws: `CheckpointError` for patterns that cannot be read.
  package init(
    _ configuration: AdapterConfiguration, for shape: DecoderConfiguration, file: String,
    _ draw: (_ inputs: Int) -> Float
  ) throws {
    self.configuration = configuration
    names = .decoder
    factors = []
    if shape.features > 0 { factors.append(Self.connector(shape, draw)) }
    try adapt("layers.", of: shape.layout, by: configuration, file: file, draw)
  }

  /// Nothing of a model with pictures yet.
  init(nothingOf names: ModuleNames, _ configuration: AdapterConfiguration) {
    (self.configuration, self.names, factors) = (configuration, names, [])
  }

  /// Adds changes of the layers whose parameters begin with `prefix`.
  mutating func adapt(
    _ prefix: String, of layout: ParameterLayout, by configuration: AdapterConfiguration,
    file: String, _ draw: (_ inputs: Int) -> Float
  ) throws {
    for (module, rows, columns) in Self.modules(layout, prefix, names)
    where try configuration.adapts(module, file: file) {
      let (rank, scaling) = try configuration.size(module, file: file)
      factors.append(
        LowRankFactors(
          module: module, rank: rank, scaling: scaling, inputs: columns, outputs: rows,
          down: (0..<rank * columns).map { _ in draw(columns) },
          up: [Float](repeating: 0, count: rows * rank)))
    }
  }

  /// The matrix through which feature rows are read: one of zeros with a change of as many ranks as a row has numbers.
  ///
  /// That is as free as a matrix of its own. B is drawn, not zero: a norm of rows of zeros divides by next to nothing.
  private static func connector(
    _ shape: DecoderConfiguration, _ draw: (_ inputs: Int) -> Float
  ) -> LowRankFactors {
    let rank = shape.features
    return LowRankFactors(
      module: connectorModule, rank: rank, scaling: 1, inputs: rank, outputs: shape.width,
      down: (0..<rank * rank).map { _ in draw(rank) },
      up: (0..<shape.width * rank).map { _ in draw(rank) })
  }

  private static let connectorModule = "model.feature_projection"

  /// Whether it reads feature rows through a matrix that the model's own files have no place for.
  package var hasConnector: Bool { factors.contains { $0.module == Self.connectorModule } }

  /// Adds every change to the weights, `W ← W + s·B·A`, and puts in what was trained as a whole.
  ///
  /// - Precondition: The parameters are of the model that the adapter was read for.
  /// - Complexity: O(adapted weights · r).
  package func merge<Scalar: Real>(into parameters: inout Parameters<Scalar>) {
    for factors in factors {
      let range = names.place(of: factors.module, in: parameters.layout).range
      factors.add(to: &parameters.values, at: range.lowerBound)
    }
    for matrix in whole {
      let range = names.place(of: matrix.module, in: parameters.layout).range
      for (index, value) in zip(range, matrix.values) { parameters.values[index] = Scalar(value) }
    }
  }

  /// The gradient in A and B of every change, from that in the merged weights.
  ///
  /// With `W' = W + s·B·A`: `∂A = s·Bᵀ·∂W'` and `∂B = s·∂W'·Aᵀ`.
  ///
  /// - Returns: One pair of row-major gradients a change, in its order.
  package func gradients<Scalar: Real>(
    _ gradient: Parameters<Scalar>
  ) -> [(down: [Scalar], up: [Scalar])] {
    factors.map { factors in
      let range = names.place(of: factors.module, in: gradient.layout).range
      return factors.gradients(Array(gradient.values[range]))
    }
  }

  /// What is trained: A and B of every change and whole layers, by PEFT's names.
  package func parameters<Scalar: Real>() -> Parameters<Scalar> {
    var layout = ParameterLayout()
    for part in factors {
      layout.append(part.downName, shape: [part.rank, part.inputs])
      layout.append(part.upName, shape: [part.outputs, part.rank])
    }
    for matrix in whole { layout.append(matrix.name, shape: [matrix.rows, matrix.columns]) }
    var result = Parameters<Scalar>(zeros: layout)
    for part in factors {
      result[part.downName] = part.down.map { Scalar($0) }
      result[part.upName] = part.up.map { Scalar($0) }
    }
    for matrix in whole { result[matrix.name] = matrix.values.map { Scalar($0) } }
    return result
  }

  /// Takes over trained numbers.
  ///
  /// - Precondition: They have the layout of `parameters()`.
  package mutating func update(_ parameters: Parameters<Float>) {
    for index in factors.indices {
      factors[index].down = parameters[factors[index].downName]
      factors[index].up = parameters[factors[index].upName]
    }
    for index in whole.indices { whole[index].values = parameters[whole[index].name] }
  }

  /// The changes prepared for computing beside frozen weights.
  ///
  /// - Parameters:
  ///   - parameters: Numbers with the layout of `parameters()`.
  ///   - frozen: The layout of the model's parameters.
  ///   - purpose: Whether gradients will be asked for.
  /// - Returns: A and B packed, with the rows of the fused matrices that each changes.
  package func weights<Scalar: Real>(
    _ parameters: Parameters<Scalar>, beside frozen: ParameterLayout, for purpose: WeightPurpose
  ) -> AdapterWeights<Scalar> {
    let changes = factors.map { part in
      let (entry, range) = names.place(of: part.module, in: frozen)
      let first = (range.lowerBound - entry.offset) / part.inputs
      return AdapterWeights<Scalar>.Change(
        matrix: entry.name, rows: first..<first + part.outputs, scaling: part.scaling,
        down: part.downName, up: part.upName)
    }
    let replaced = whole.map { (names.place(of: $0.module, in: frozen).entry.name, $0.name) }
    return AdapterWeights(
      changes, replacing: Dictionary(uniqueKeysWithValues: replaced), parameters, of: frozen,
      for: purpose)
  }
}

// Sums in Double: this is done once a file or a check, and merged weights then differ from exact ones by one rounding.
extension LowRankFactors {
  fileprivate func add<Scalar: Real>(to weights: inout [Scalar], at offset: Int) {
    var change = [Double](repeating: 0, count: inputs)
    for row in 0..<outputs {
      for column in 0..<inputs { change[column] = 0 }
      for inner in 0..<rank {
        let factor = Double(up[row * rank + inner])
        for column in 0..<inputs {
          change[column] += factor * Double(down[inner * inputs + column])
        }
      }
      let start = offset + row * inputs
      for column in 0..<inputs {
        weights[start + column] = Scalar(Double(weights[start + column]) + scaling * change[column])
      }
    }
  }

  fileprivate func gradients<Scalar: Real>(
    _ gradient: [Scalar]
  ) -> (down: [Scalar], up: [Scalar]) {
    var downGradient = [Double](repeating: 0, count: rank * inputs)
    var upGradient = [Scalar](repeating: 0, count: outputs * rank)
    for row in 0..<outputs {
      for inner in 0..<rank {
        let factor = scaling * Double(up[row * rank + inner])
        var sum = 0.0
        for column in 0..<inputs {
          let slope = Double(gradient[row * inputs + column])
          downGradient[inner * inputs + column] += factor * slope
          sum += slope * Double(down[inner * inputs + column])
        }
        upGradient[row * rank + inner] = Scalar(scaling * sum)
      }
    }
    return (downGradient.map { Scalar($0) }, upGradient)
  }
}
