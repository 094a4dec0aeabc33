/// What a service takes on at most, so that no client can take its memory or its time.
package struct ServiceLimits: Sendable, Hashable {
  /// Bytes of a request's body.
  package var bodyBytes = 4 << 20
  /// Connections that are open at a time; others wait in the system's queue.
  package var connections = 2048
  /// Answers that are computed at a time.
  package var atOnce = 2
  /// Requests that wait for their turn; more are refused with status 429.
  package var waiting = 4096
  /// How long a request may wait for its turn, in seconds.
  package var waitingSeconds = 600.0
  /// How long an answer may take to compute, in seconds.
  package var answerSeconds = 600.0
  /// How long a request may take to come, and an answer to be taken, in seconds; how long a connection may be idle, too.
  package var transferSeconds = 60.0

  /// Bytes of a request before its body.
  static let headBytes = 16 << 10
  /// Answers to one request: prompts, times choices of each.
  static let choices = 64
  /// Pictures of a conversation.
  static let pictures = 64
  /// Pixels of a picture.
  static let picturePixels = 1 << 24
  /// The likeliest tokens that are listed at a position.
  static let likeliest = 100
  /// Texts that end an answer, and characters of each.
  static let stops = (count: 4, length: 200)

  /// The usual limits.
  package init() {}
}
