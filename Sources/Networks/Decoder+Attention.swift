package import Core
package import Tensors

extension Decoder {
  /// What the rows that predict an answer look at among the prompt's feature rows, averaged over the heads.
  ///
  /// - Parameters:
  ///   - prompt: The prompt.
  ///   - response: The answer, one token at least.
  ///   - tape: A tape bound to weights of this shape.
  /// - Returns: For each layer and each token of the answer a share of every feature row, 0 … 1; what is missing from 1 lies on the rest.
  package func attention(
    to prompt: PromptRows, of response: [Token], on tape: Tape<Scalar>
  ) -> [[[Scalar]]] {
    let batch = packed([Branch(prompt: prompt, responses: [response])])
    let seen = batch.sources.indices.filter {
      if case .feature = batch.sources[$0] { true } else { false }
    }
    var layers: [[[Scalar]]] = []
    _ = hidden(
      batch, on: tape,
      watch: { query, keyValue, plan in
        let weights = tape.attentionWeights(query: query, keyValue: keyValue, plan: plan)
        let isLast = layers.count == self.layers.count - 1
        layers.append(
          batch.predictors[0][0].map { predictor in
            let entry = batch.predicting[predictor]
            let row = (isLast ? entry : batch.readRows[entry]) * keyValue.rows
            return seen.map { weights[row + $0] }
          })
      })
    return layers
  }
}
