/// How many heads attention has, and how wide they are.
public struct HeadLayout: Sendable, Hashable, Codable {
  /// Heads of the queries.
  public var heads: Int
  /// Heads of keys and values; each serves `heads / keyValueHeads` heads of the queries.
  public var keyValueHeads: Int
  /// Numbers of a head; even.
  public var width: Int

  /// A head layout.
  ///
  /// - Precondition: `heads` is a multiple of `keyValueHeads`, and `width` is even.
  public init(heads: Int, keyValueHeads: Int, width: Int) {
    precondition(
      heads.isMultiple(of: keyValueHeads) && width.isMultiple(of: 2),
      "\(heads) heads cannot share \(keyValueHeads) key-value heads of width \(width).")
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.width = width
  }

  /// Query heads that share a key-value head.
  public var sharing: Int { heads / keyValueHeads }
}

/// Which rows attend to which: a prefix tree, without a mask.
///
/// Keys lie in segments (a prompt, a response). A family is a set of query ranges that all see the same ancestor segments
/// whole, and each its own segment up to itself.
public struct AttentionPlan<Scalar: Real>: Sendable {
  /// Queries of one segment.
  public struct Member: Sendable, Hashable {
    /// Rows of the query value; consecutive members of a family have consecutive rows.
    public var queries: Range<Int>
    /// The segment these queries belong to.
    public var own: Int
    /// How many of the segment's keys lie before the first query; query i sees keys 0 … firstOwn + i.
    public var firstOwn: Int
    /// Which keys of the segment the queries see.
    public var sight: Sight

    /// Queries of one segment.
    public init(queries: Range<Int>, own: Int, firstOwn: Int, sight: Sight = .past) {
      self.queries = queries
      self.own = own
      self.firstOwn = firstOwn
      self.sight = sight
    }
  }

  /// Which keys of its own segment a query sees.
  public enum Sight: Sendable, Hashable {
    /// Those up to itself, as where text is predicted.
    case past
    /// All, as between the patches of a picture.
    case whole
  }

  /// Queries with the same ancestors.
  public struct Family: Sendable, Hashable {
    /// Segments seen whole, the oldest first.
    public var visible: [Int]
    /// The queries.
    public var members: [Member]

    /// Queries with the same ancestors.
    public init(visible: [Int], members: [Member]) {
      self.visible = visible
      self.members = members
    }
  }

  let heads: HeadLayout
  let rotary: RotaryTable<Scalar>
  let segments: [Range<Int>]
  let families: [Family]
  let queryPositions: [Int]
  let keyPositions: [Int]
  let window: SlidingWindow?

  /// A plan.
  ///
  /// - Parameters:
  ///   - heads: The heads.
  ///   - rotary: Covers all positions.
  ///   - segments: Rows of the key-value value, by segment.
  ///   - families: Who sees what; every query row is in one member. Large families are cut into blocks that fit the cache.
  ///   - queryPositions: The position of each query row.
  ///   - keyPositions: The position of each key row.
  ///   - window: How far back a query sees; all the way where there is none.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(
    heads: HeadLayout, rotary: RotaryTable<Scalar>, segments: [Range<Int>], families: [Family],
    queryPositions: [Int], keyPositions: [Int], window: SlidingWindow? = nil
  ) {
    self.heads = heads
    self.rotary = rotary
    self.segments = segments
    self.families = families.flatMap(Self.blocks)
    self.queryPositions = queryPositions
    self.keyPositions = keyPositions
    self.window = window
  }

  /// A family in blocks of at most 96 queries; a long segment in pieces of 24, so that little of the causal half is wasted,
  /// or of 96 where nothing is.
  private static func blocks(_ family: Family) -> [Family] {
    var result: [Family] = []
    var current: [Member] = []
    var size = 0
    func flush() {
      guard !current.isEmpty else { return }
      result.append(Family(visible: family.visible, members: current))
      current = []
      size = 0
    }
    for member in family.members {
      if member.queries.count > 32 {
        flush()
        let length = member.sight == .whole ? 96 : 24
        for start in stride(from: 0, to: member.queries.count, by: length) {
          let end = min(start + length, member.queries.count)
          let from = member.queries.lowerBound
          let piece = Member(
            queries: from + start..<from + end, own: member.own, firstOwn: member.firstOwn + start,
            sight: member.sight)
          result.append(Family(visible: family.visible, members: [piece]))
        }
        continue
      }
      if size + member.queries.count > 96 { flush() }
      current.append(member)
      size += member.queries.count
    }
    flush()
    return result
  }
}
