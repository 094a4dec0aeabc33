import Foundation
import Tensors

@testable import Networks

/// Towers and decoders written in plain loops, without tapes, packing or orders of their own: what the fast ones are
/// compared with.
struct VisionTwin {
  typealias Rows = [[Double]]

  let shape: VisionConfiguration
  let parameters: Parameters<Double>

  func numbers(_ name: String) -> [Double]? {
    parameters.layout[name] == nil ? nil : parameters[name]
  }

  /// `x·Wᵀ`, plus a bias where there is one.
  func linear(_ x: Rows, _ name: String) -> Rows {
    let weight = parameters[name]
    let bias = numbers(name + "Bias")
    return x.map { row in
      var result: [Double] = []
      for out in 0..<weight.count / row.count {
        var sum = bias?[out] ?? 0
        for (i, number) in row.enumerated() { sum += number * weight[out * row.count + i] }
        result.append(sum)
      }
      return result
    }
  }

  func norm(_ x: Rows, _ name: String, epsilon: Double) -> Rows {
    let weight = parameters[name]
    let bias = numbers(name + "Bias")
    return x.map { row in
      let count = Double(row.count)
      let mean = bias == nil ? 0 : row.reduce(0, +) / count
      let centred = row.map { $0 - mean }
      let variance = centred.map { $0 * $0 }.reduce(0, +) / count
      let deviation = (variance + epsilon).squareRoot()
      return row.indices.map { i in
        let scaled = centred[i] / deviation * weight[i]
        return scaled + (bias?[i] ?? 0)
      }
    }
  }

  static func activate(_ x: Double, _ kind: Activation) -> Double {
    switch kind {
    case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2
    case .tanhGELU:
      x * (1 + tanh(0.797_884_560_802_865_4 * (x + 0.044715 * pow(x, 3)))) / 2
    case .quickGELU: x / (1 + exp(-1.702 * x))
    case .silu: x / (1 + exp(-x))
    }
  }

  /// Attention of rows that see what `sees` says; heads of keys serve several of queries.
  static func attend(
    _ query: Rows, _ keyValue: Rows, heads: (query: Int, key: Int, width: Int),
    turns: (query: Rows, key: Rows)?, sees: (Int, Int) -> Bool
  ) -> Rows {
    query.indices.map { i in
      (0..<heads.query).flatMap { head -> [Double] in
        let shared = head / (heads.query / heads.key)
        func part(_ row: [Double], _ index: Int, _ turn: [Double]?) -> [Double] {
          let x = Array(row[index * heads.width..<(index + 1) * heads.width])
          guard let turn else { return x }
          let half = heads.width / 2
          return x.indices.map { k -> Double in
            let angle = turn[k % half]
            let other = k < half ? -x[k + half] : x[k - half]
            return x[k] * cos(angle) + other * sin(angle)
          }
        }
        let seen = keyValue.indices.filter { sees(i, $0) }
        let own = part(query[i], head, turns?.query[i])
        let scores = seen.map { j -> Double in
          let key = part(keyValue[j], shared, turns?.key[j])
          let product = own.indices.map { own[$0] * key[$0] }.reduce(0, +)
          return exp(product / Double(heads.width).squareRoot())
        }
        let sum = scores.reduce(0, +)
        return (0..<heads.width).map { k -> Double in
          var total = 0.0
          for (j, score) in zip(seen, scores) {
            total += score / sum * keyValue[j][(heads.key + shared) * heads.width + k]
          }
          return total
        }
      }
    }
  }

  static func add(_ a: Rows, _ b: Rows) -> Rows {
    a.indices.map { row in a[row].indices.map { a[row][$0] + b[row][$0] } }
  }

  private func gated(_ x: Rows) -> Rows {
    x.map { row in
      let half = row.count / 2
      return (0..<half).map { i -> Double in Self.activate(row[i], .silu) * row[half + i] }
    }
  }

  private var heads: (query: Int, key: Int, width: Int) {
    (shape.heads, shape.heads, shape.width / shape.heads)
  }

  func layer(
    _ index: Int, _ x: Rows, turns: Rows?, sees: (Int, Int) -> Bool
  ) -> Rows {
    let prefix = "vision.layers.\(index)."
    let normed = norm(x, prefix + "attentionNorm", epsilon: shape.normEpsilon)
    let mixed = Self.attend(
      linear(normed, prefix + "query"), linear(normed, prefix + "keyValue"), heads: heads,
      turns: turns.map { ($0, $0) }, sees: sees)
    let attended = Self.add(x, linear(mixed, prefix + "output"))
    let second = norm(attended, prefix + "feedForwardNorm", epsilon: shape.normEpsilon)
    let active: Rows
    if shape.family == .qwen25 {
      active = gated(linear(second, prefix + "gateUp"))
    } else {
      active = linear(second, prefix + "up").map { row in
        row.map { Self.activate($0, shape.activation) }
      }
    }
    return Self.add(attended, linear(active, prefix + "down"))
  }

  /// Tiles of `count · 3 · height · width` numbers; `place` says where a patch's learned position stands.
  func tiles(
    _ values: [Double], count: Int, height: Int, width: Int, place: (Int, Int) -> Int
  ) -> Rows {
    let (high, wide) = (height / shape.patch, width / shape.patch)
    var x: Rows = []
    let first = numbers("vision.class").map { [$0] }
    for tile in 0..<count {
      if let first {
        x.append(Self.add(first, [Array(parameters["vision.positions"][..<shape.width])])[0])
      }
      for row in 0..<high {
        for column in 0..<wide {
          var patch: [Double] = []
          for colour in 0..<3 {
            for y in 0..<shape.patch {
              for z in 0..<shape.patch {
                let line = (tile * 3 + colour) * height + row * shape.patch + y
                patch.append(values[line * width + column * shape.patch + z])
              }
            }
          }
          let start = place(row, column) * shape.width
          let position = Array(parameters["vision.positions"][start..<start + shape.width])
          x.append(Self.add(linear([patch], "vision.patch"), [position])[0])
        }
      }
    }
    if first != nil { x = norm(x, "vision.inputNorm", epsilon: shape.normEpsilon) }
    let length = high * wide + (first?.count ?? 0)
    for index in 0..<shape.layers {
      x = layer(index, x, turns: nil) { $0 / length == $1 / length }
    }
    return first == nil ? norm(x, "vision.norm", epsilon: shape.normEpsilon) : x
  }

  /// What the first row of each tile of `length` rows has become, behind a norm and a matrix.
  func projected(_ x: Rows, length: Int) -> Rows {
    let first = stride(from: 0, to: x.count, by: length).map { x[$0] }
    return linear(norm(first, "vision.norm", epsilon: shape.normEpsilon), "vision.projection")
  }

  /// The pooling head over tiles of `length` patches.
  func pooled(_ x: Rows, length: Int) -> Rows {
    (0..<x.count / length).map { tile in
      let own = Array(x[tile * length..<(tile + 1) * length])
      let mixed = Self.attend(
        linear([parameters["vision.head.probe"]], "vision.head.query"),
        linear(own, "vision.head.keyValue"), heads: heads, turns: nil
      ) { _, _ in true }
      let pooled = linear(mixed, "vision.head.output")
      let normed = norm(pooled, "vision.head.feedForwardNorm", epsilon: shape.normEpsilon)
      let active = linear(normed, "vision.head.up").map { row in
        row.map { Self.activate($0, shape.activation) }
      }
      return Self.add(pooled, linear(active, "vision.head.down"))[0]
    }
  }

  /// Squares of patches beside each other, then the connector's matrix.
  func connected(_ x: Rows, count: Int, high: Int, wide: Int) -> Rows {
    var squares: Rows = []
    for tile in 0..<count {
      for row in 0..<high / shape.merge {
        for column in 0..<wide / shape.merge {
          var square: [Double] = []
          for y in 0..<shape.merge {
            for z in 0..<shape.merge {
              let line = tile * high + row * shape.merge + y
              square += x[line * wide + column * shape.merge + z]
            }
          }
          squares.append(square)
        }
      }
    }
    return linear(squares, "vision.connector")
  }

  /// Patches in merge order, as rows of a decoder.
  ///
  /// Which see each other is said by their places, not by an order.
  func patches(_ values: [Double], _ grids: [PatchGrid]) -> Rows {
    var places: [(frame: Int, row: Int, column: Int)] = []
    var frame = 0
    for grid in grids {
      for _ in 0..<grid.time {
        for top in 0..<grid.rows / shape.merge {
          for left in 0..<grid.columns / shape.merge {
            for y in 0..<shape.merge {
              for z in 0..<shape.merge {
                places.append((frame, top * shape.merge + y, left * shape.merge + z))
              }
            }
          }
        }
        frame += 1
      }
    }
    let quarter = shape.width / shape.heads / 4
    let turns: Rows = places.map { place in
      [place.row, place.column].flatMap { at -> [Double] in
        (0..<quarter).map { i -> Double in
          Double(at) * pow(shape.rotaryBase, -Double(i) / Double(quarter))
        }
      }
    }
    let size = shape.patchNumbers
    let input = places.indices.map { Array(values[$0 * size..<($0 + 1) * size]) }
    var x = linear(input, "vision.patch")
    for index in 0..<shape.layers {
      x = layer(index, x, turns: turns) { one, other in
        let (a, b) = (places[one], places[other])
        guard a.frame == b.frame else { return false }
        guard let window = shape.window, !shape.fullLayers.contains(index) else { return true }
        let side = window * shape.merge
        return a.row / side == b.row / side && a.column / side == b.column / side
      }
    }
    let normed = norm(x, "vision.merger.norm", epsilon: shape.normEpsilon)
    let square = shape.merge * shape.merge
    let merged = (0..<normed.count / square).map { index in
      Array(normed[index * square..<(index + 1) * square].joined())
    }
    let active = linear(merged, "vision.merger.up").map { row in
      row.map { Self.activate($0, .gelu) }
    }
    return linear(active, "vision.merger.down")
  }
}

extension VisionTwin {
  /// Logits of every row of a decoder with biases, head norms and axes, without packing; the first `prefix` rows see each other.
  func logits(
    _ decoder: DecoderConfiguration, _ input: Rows, _ spots: [RotarySpot], prefix: Int = 0
  ) -> Rows {
    let half = decoder.headWidth / 2
    let axes = decoder.variations?.rotaryAxes ?? [Int](repeating: 0, count: half)
    let turns: Rows = spots.map { spot in
      (0..<half).map { pair -> Double in
        let at = [spot.time, spot.row, spot.column][axes[pair]]
        return Double(at) * pow(decoder.rotaryBase, -Double(2 * pair) / Double(decoder.headWidth))
      }
    }
    var x = input
    for index in 0..<decoder.layers {
      let name = "layers.\(index)."
      let normed = norm(x, name + "attentionNorm", epsilon: decoder.normEpsilon)
      let query = headNorms(
        linear(normed, name + "query"), name + "queryNorm", decoder.heads, decoder)
      let keyValue = headNorms(
        linear(normed, name + "keyValue"), name + "keyNorm", decoder.keyValueHeads, decoder)
      let mixed = Self.attend(
        query, keyValue, heads: (decoder.heads, decoder.keyValueHeads, decoder.headWidth),
        turns: (turns, turns)
      ) { $1 <= $0 || max($0, $1) < prefix }
      let attended = Self.add(x, linear(mixed, name + "output"))
      let second = norm(attended, name + "feedForwardNorm", epsilon: decoder.normEpsilon)
      let active = gated(linear(second, name + "gateUp"))
      x = Self.add(attended, linear(active, name + "down"))
    }
    let head = decoder.variations?.hasOwnOutput == true ? "head" : "embedding"
    return linear(norm(x, "norm", epsilon: decoder.normEpsilon), head)
  }

  private func headNorms(
    _ x: Rows, _ name: String, _ heads: Int, _ decoder: DecoderConfiguration
  ) -> Rows {
    guard numbers(name) != nil else { return x }
    let width = decoder.headWidth
    return x.map { row in
      let normed = (0..<heads).flatMap { head in
        norm([Array(row[head * width..<(head + 1) * width])], name, epsilon: decoder.normEpsilon)[0]
      }
      return normed + row[(heads * width)...]
    }
  }
}
