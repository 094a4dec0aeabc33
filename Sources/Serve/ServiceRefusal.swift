internal import Core

/// Why a request is not answered: a status of HTTP, and two sentences.
struct ServiceRefusal: ExplainedError, Hashable {
  /// The status of HTTP.
  var status: Int
  /// The key of the request that it is about.
  var key: String?
  /// What happened.
  var happened: String
  /// What to do.
  var remedy: String
  /// After how many seconds to ask again, where that may help.
  var retryAfter: Int?

  /// A refusal.
  init(
    status: Int = 400, key: String? = nil, _ happened: String, _ remedy: String,
    retryAfter: Int? = nil
  ) {
    self.status = status
    self.key = key
    self.happened = happened
    self.remedy = remedy
    self.retryAfter = retryAfter
  }

  /// The refusal of a request for a reason that a part of the program explains.
  init(_ error: any ExplainedError) {
    self = error as? ServiceRefusal ?? ServiceRefusal(error.happened, error.remedy)
  }
}

/// A refusal as OpenAI's clients read one.
struct RefusalBody: Encodable {
  struct Content: Encodable {
    var message: String
    var type: String
    var param: String?
    var code: String?
  }

  var error: Content

  init(_ refusal: ServiceRefusal) {
    let type =
      switch refusal.status {
      case 401: "authentication_error"
      case 429: "rate_limit_error"
      case 500...: "server_error"
      default: "invalid_request_error"
      }
    error = Content(message: refusal.description, type: type, param: refusal.key)
  }
}
