internal import COpenBLAS
internal import Dispatch
internal import Foundation
internal import Synchronization

/// The threads that help those who have work, and the work that is open to them.
///
/// A helper takes chunks of the oldest open job, so whole passes go before pieces of products; who waits for the last chunks of
/// a long job helps with pieces meanwhile. So work within a chunk finds no helper while there are chunks for all, and every
/// helper behind the last one: nothing has to know how deep it is nested, and callers share the helpers that one alone would
/// have.
///
/// Helpers look for new work for a while before they sleep, because the pieces of a token come every few microseconds: four
/// pieces of 1.4 µs took two threads 3.1 µs so, and 5.5 by `DispatchQueue.concurrentPerform`; two of 10.5 took 11.0 and 21.3.
final class Helpers: Sendable {
  /// Those of the process.
  static let all = Helpers()

  /// How often an idle helper looks before it sleeps, about 0.4 ms: drawing a token from 49,152 takes 0.2, and a helper that slept
  /// meanwhile would be woken for each.
  private static let patience = 1 << 14

  private let state = Mutex(State())
  /// Counts jobs: who looks for one asks for the lock only when there is a new one.
  private let opened = Atomic(0)

  private struct State {
    var helpers = 0
    var open: [Job] = []
    var sleeping: [Sleeper] = []

    /// The oldest job with a seat for somebody.
    func job(for awaited: Job?) -> Job? {
      open.first { ($0.isShort || awaited == nil) && $0.hasSeat }
    }

    /// Takes sleepers off the list that have a reason to wake up.
    mutating func wake(most: Int, _ hasReason: (Sleeper) -> Bool) -> [Sleeper] {
      var woken: [Sleeper] = []
      sleeping.removeAll { sleeper in
        guard woken.count < most, hasReason(sleeper) else { return false }
        woken.append(sleeper)
        return true
      }
      return woken
    }
  }

  /// Runs `body` once for each chunk, with the number of the seat at which it runs: chunks at one seat run one after another.
  ///
  /// - Parameters:
  ///   - chunks: How many chunks there are.
  ///   - seats: The most threads that work at the same time.
  ///   - isShort: Whether a chunk is a piece of a step, some microseconds long.
  ///   - body: A chunk's work; it touches nothing that another chunk or seat does.
  func run(
    chunks: Int, seats: Int, isShort: Bool, _ body: (_ chunk: Int, _ seat: Int) -> Void
  ) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: Job.Work(body: body)) { work in
        let job = Job(chunks: chunks, seats: seats, isShort: isShort, work)
        open(job)
        job.work(seat: 0)
        state.withLock { $0.open.removeAll { $0 === job } }
        // A piece is done sooner than a thread falls asleep and wakes up.
        if isShort { job.waitAwake() } else { serve(until: job) }
      }
    }
  }

  private func open(_ job: Job) {
    let woken = state.withLock { state in
      while state.helpers < job.seats - 1 {
        Thread.detachNewThread { [self] in serve(until: nil) }
        state.helpers += 1
      }
      state.open.append(job)
      return state.wake(most: job.seats - 1) { $0.awaited == nil || job.isShort }
    }
    opened.wrappingAdd(1, ordering: .releasing)
    for sleeper in woken { sleeper.bell.signal() }
  }

  /// Helps wherever there is a seat: for ever, or until nobody works on a job any more.
  private func serve(until awaited: Job?) {
    var seen = -1
    var looks = 0
    while awaited?.isDone != true {
      let now = opened.load(ordering: .acquiring)
      if now != seen {
        seen = now
        if let (job, seat) = state.withLock({ $0.job(for: awaited).map { ($0, $0.takeSeat()) } }) {
          job.work(seat: seat)
          leave(job)
          (seen, looks) = (-1, 0)
        }
      }
      looks += 1
      if looks > Self.patience {
        sleep(awaited)
        (seen, looks) = (-1, 0)
      }
      opd_pause()
    }
  }

  private func leave(_ job: Job) {
    guard job.leave(), !job.isShort else { return }
    let woken = state.withLock { $0.wake(most: 1) { $0.awaited === job } }
    for sleeper in woken { sleeper.bell.signal() }
  }

  private func sleep(_ awaited: Job?) {
    let sleeper = Sleeper(awaited: awaited)
    let sleeps = state.withLock { state in
      guard awaited?.isDone != true, state.job(for: awaited) == nil else { return false }
      state.sleeping.append(sleeper)
      return true
    }
    if sleeps { sleeper.bell.wait() }
  }
}

/// A thread that sleeps until there is work, or until a job is done.
private final class Sleeper: Sendable {
  let bell = DispatchSemaphore(value: 0)
  let awaited: Job?

  init(awaited: Job?) { self.awaited = awaited }
}

/// Chunks of work that somebody waits for.
private final class Job: Sendable {
  /// What is done, where it can be pointed at.
  struct Work {
    let body: (_ chunk: Int, _ seat: Int) -> Void
  }

  let seats: Int
  let isShort: Bool
  private let chunks: Int
  private let work: UInt
  private let next = Atomic(0)
  /// Seats that were taken, that of the owner included; none is given back.
  private let taken = Atomic(1)
  private let helping = Atomic(0)

  init(chunks: Int, seats: Int, isShort: Bool, _ work: UnsafePointer<Work>) {
    self.chunks = chunks
    self.seats = seats
    self.isShort = isShort
    self.work = UInt(bitPattern: work)
  }

  var hasSeat: Bool {
    taken.load(ordering: .relaxed) < seats && next.load(ordering: .relaxed) < chunks
  }

  /// Whether no helper is at work; nothing is left then, once the owner found no more chunks.
  var isDone: Bool { helping.load(ordering: .acquiring) == 0 }

  /// Takes a seat, under the lock of those who help.
  func takeSeat() -> Int {
    helping.wrappingAdd(1, ordering: .relaxed)
    return taken.wrappingAdd(1, ordering: .relaxed).oldValue
  }

  /// Leaves the job, and says whether nobody is left.
  func leave() -> Bool {
    helping.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0
  }

  /// Does chunks until there are no more.
  func work(seat: Int) {
    while true {
      let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard chunk < chunks else { return }
      run(chunk, seat)
    }
  }

  /// Not inlined, so that nothing of the owner's is held when it returns.
  @inline(never)
  private func run(_ chunk: Int, _ seat: Int) {
    UnsafePointer<Work>(bitPattern: work)?.pointee.body(chunk, seat)
  }

  /// Waits for helpers who are about to finish; one that lost its processor gets this one.
  func waitAwake() {
    var looks = 0
    while !isDone {
      looks += 1
      if looks.isMultiple(of: 1024) { sched_yield() } else { opd_pause() }
    }
  }
}
