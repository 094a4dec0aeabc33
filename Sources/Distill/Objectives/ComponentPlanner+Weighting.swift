internal import Core
internal import Tensors

extension ComponentPlanner {
  /// Applies one weighting to every plan.
  func apply(_ weighting: TokenWeighting, to plans: inout [[ComponentPlan]]) throws {
    switch weighting {
    case .clip(let bound):
      each(&plans) { plan, _ in
        plan.lowest = max(plan.lowest, -bound)
        plan.highest = min(plan.highest, bound)
      }
    case .floor(let bound): each(&plans) { plan, _ in plan.lowest = max(plan.lowest, bound) }
    case .importanceDecay(let gamma):
      each(&plans) { plan, _ in plan.multiply(importanceDecay(plan.advantages, gamma: gamma)) }
    case .entropyGate(let gate): each(&plans) { plan, _ in plan.gates.append(gate) }
    case .window(let from, let to):
      each(&plans) { plan, _ in
        for t in plan.weights.indices where t < from || t >= to { plan.weights[t] = 0 }
      }
    case .klWeighting(let alpha):
      for (g, group) in batch.groups.enumerated() {
        let weights = tokenKLWeights(group.map(\.behaviour), alpha: alpha)
        for i in group.indices { plans[g][i].multiply(Array(weights.prefix(group[i].length))) }
      }
    case .changePoint(let rule):
      try each(&plans) { plan, response in
        let kept = rule.kept(try series(rule.series, response))
        for t in plan.weights.indices where t >= kept { plan.weights[t] = 0 }
      }
    case .trustRegion(let side):
      try each(&plans) { plan, response in
        let inside = try acceptedByTeacher(response)
        for t in plan.weights.indices where inside[t] != (side == .inside) {
          plan.weights[t] = 0
        }
      }
    case .orderConsistency(let delta, let right):
      try shiftOrder(&plans, delta: delta, right: right)
    case .whiten: whiten(&plans)
    case .shuffled: shuffle(&plans)
    }
  }

  private func each(
    _ plans: inout [[ComponentPlan]], _ body: (inout ComponentPlan, ResponseSignals) throws -> Void
  ) rethrows {
    for g in plans.indices {
      for i in plans[g].indices { try body(&plans[g][i], batch.groups[g][i]) }
    }
  }

  private func series(
    _ series: ChangePointRule.Series, _ response: ResponseSignals
  ) throws(ObjectiveError) -> [Double] {
    guard let teacher = response.teacher else { throw .missing(.teacher, response.promptID) }
    switch series {
    case .logProbability: return teacher
    case .advantage: return teacher.indices.map { teacher[$0] - response.behaviour[$0] }
    case .topTwoMargin: return try response.topTwoMargins()
    }
  }

  /// The coin of each token: whether the teacher, as a rejection sampler, would have accepted it.
  private func acceptedByTeacher(_ response: ResponseSignals) throws(ObjectiveError) -> [Bool] {
    guard let teacher = response.teacher else { throw .missing(.teacher, response.promptID) }
    var coin = stream("trust region of \(response.promptID)")
      .derived("slot", response.slot).generator()
    return teacher.indices.map { t in
      coin.uniform() < exponentialOf(min(teacher[t] - response.behaviour[t], 0))
    }
  }

  private func shiftOrder(
    _ plans: inout [[ComponentPlan]], delta: Double, right: Double
  ) throws(ObjectiveError) {
    for (g, group) in batch.groups.enumerated() {
      var labels: [Bool] = []
      for response in group {
        guard let reward = response.reward else { throw .missing(.reward, response.promptID) }
        labels.append(reward.total >= right)
      }
      let shifts = orderConsistencyShifts(
        meanAdvantages: plans[g].map { mean(of: $0.advantages) }, right: labels, delta: delta)
      for i in group.indices {
        for t in plans[g][i].advantages.indices { plans[g][i].advantages[t] += shifts[i] }
      }
    }
  }

  private func whiten(_ plans: inout [[ComponentPlan]]) {
    let all = plans.joined().flatMap(\.advantages)
    let centre = mean(of: all)
    let divisor = sampleDeviation(of: all) + 1e-8
    each(&plans) { plan, _ in
      plan.advantages = plan.advantages.map { ($0 - centre) / divisor }
    }
  }

  private func shuffle(_ plans: inout [[ComponentPlan]]) {
    var dice = stream("shuffled advantages").generator()
    var all = plans.joined().flatMap(\.advantages)
    all.shuffle(using: &dice)
    var next = 0
    each(&plans) { plan, _ in
      plan.advantages = Array(all[next..<next + plan.advantages.count])
      next += plan.advantages.count
    }
  }
}

extension ComponentPlan {
  /// Multiplies the weights.
  mutating func multiply(_ factors: [Double]) {
    for t in weights.indices { weights[t] *= factors[t] }
  }
}

extension ResponseSignals {
  /// `log q` of the teacher's best token less that of its second best, at each position, nats.
  func topTwoMargins() throws(ObjectiveError) -> [Double] {
    if let teacherTop, teacherTop.allSatisfy({ $0.count >= 2 }) {
      return teacherTop.map { $0[0].logProbability - $0[1].logProbability }
    }
    guard let teacherRows else { throw .missing(.teacherTop, promptID) }
    return (0..<length).map { t in
      let row = teacherRows.read(t..<t + 1, as: Double.self)
      let best = Rows.largest(2, of: row.span, at: 0, width: row.count)
      return best.count < 2 ? 0 : row[best[0]] - Rows.readable(row[best[1]])
    }
  }
}
