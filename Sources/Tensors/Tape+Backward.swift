extension Tape {
  /// Computes the gradient of everything before `variable`, whose value has been replaced by the loss's gradient in it.
  ///
  /// The replaced value serves as its own gradient, so logits and their gradient are one buffer.
  public func backward(from variable: Variable) {
    nodes[variable.index].gradient = nodes[variable.index].value
    propagate(from: variable.index, downTo: 0)
  }

  /// Computes the gradient of everything before `variable` from what pieces of it have left there.
  public func backward(fromPiecesOf variable: Variable) {
    propagate(from: variable.index, downTo: 0)
  }

  /// Passes gradients on from one step to the next before it.
  func propagate(from last: Int, downTo first: Int) {
    for index in stride(from: last, through: first, by: -1) {
      guard nodes[index].gradient != nil else { continue }
      propagate(index)
      release(nodes[index])
      // Emptied here and handed out again at once: the working set stays small enough for the caches.
      nodes[index].gradient = nil
      nodes[index].value = Buffer(pointer: nodes[index].value.pointer, lines: 0)
    }
  }

  func release(_ node: Node) {
    guard node.value.lines > 0 else { return }
    if let gradient = node.gradient, gradient.pointer != node.value.pointer {
      arena.give(gradient)
    }
    arena.give(node.value)
    for extra in node.operation.buffers { arena.give(extra) }
  }

  /// The gradient buffer of a value: where it lies, and whether something is in it already.
  func gradient(
    _ variable: Variable
  ) -> (pointer: UnsafeMutablePointer<Scalar>, adding: Bool) {
    if let existing = nodes[variable.index].gradient { return (existing.pointer, true) }
    let buffer = arena.take(variable.rows * variable.columns)
    nodes[variable.index].gradient = buffer
    return (buffer.pointer, false)
  }
}
