public import HTTPTypes

/// What went wrong with a call, where, and what to do next. Never holds a secret, a header value or a query.
///
/// Cancellation is not a `TesseraError`: it is thrown as `CancellationError`. Every other failure of this library is.
public struct TesseraError: Error, Sendable, CustomStringConvertible {
    private final class Storage: Sendable {
        let code: Code
        let message: String
        let remedy: String?
        let details: Details

        init(code: Code, message: String, remedy: String?, details: Details) {
            self.code = code
            self.message = message
            self.remedy = remedy
            self.details = details
        }
    }

    package struct Details: Sendable {
        package var status: HTTPResponse.Status?
        package var challenges: [Challenge] = []
        package var retryAfter: Duration?
        package var problem: Problem?
        package var history: CallHistory?
        package var underlying: (any Error)?
        package var loginReason: LoginReason?
        package var timeLimit: TimeLimit?
        package var authorizationError: String?

        package init() {}
    }

    private let storage: Storage

    package init(
        _ code: Code, _ message: String, remedy: String? = nil, details: Details = Details()
    ) {
        storage = Storage(
            code: code,
            message: PrintableText.redactedLine(message),
            remedy: remedy.map { PrintableText.redactedLine($0) },
            details: details)
    }

    package init(
        _ code: Code, _ message: String, remedy: String? = nil, underlying: any Error
    ) {
        var details = Details()
        details.underlying = underlying
        self.init(code, message, remedy: remedy, details: details)
    }

    /// An error for an ``Authenticator``, ``TokenSource`` or ``Transport`` outside this library.
    ///
    /// `message` is redacted, made printable and cut at 500 characters; keep peers' text out of it all the same.
    public static func make(_ code: Code, _ message: String, remedy: String? = nil) -> TesseraError {
        TesseraError(code, message, remedy: remedy)
    }

    /// Everything else that is known, to make another error of.
    package var details: Details { storage.details }
    /// What kind of failure it is; closed, for `switch` and for metrics.
    public var code: Code { storage.code }
    /// What happened, in one line.
    public var message: String { storage.message }
    /// What to do about it, where the library knows.
    public var remedy: String? { storage.remedy }
    /// The status of the answer, when there was one.
    public var status: HTTPResponse.Status? { storage.details.status }
    /// What the server asked for in `WWW-Authenticate` (RFC 9110 §11.6.1).
    public var challenges: [Challenge] { storage.details.challenges }
    /// How long the server asked to wait (RFC 9110 §10.2.3).
    public var retryAfter: Duration? { storage.details.retryAfter }
    /// The problem details of the answer, when it held some (RFC 9457).
    public var problem: Problem? { storage.details.problem }
    /// Every attempt of the call and why it ended as it did; empty when the call never began.
    public var history: CallHistory { storage.details.history ?? CallHistory() }
    /// The error of the layer below, for debugging.
    public var underlying: (any Error)? { storage.details.underlying }

    /// The code as text: constant, so safe as a metric's label.
    public var shortDescription: String { code.rawValue }

    /// Code, message and remedy in one line.
    public var description: String {
        var text = "\(code.rawValue): \(message)"
        if let detail = problem?.detail ?? problem?.title { text += " (the server says: \(detail))" }
        if let remedy { text += "; \(remedy)" }
        return text
    }

    /// The same error with the history of the call it ended.
    package func with(history: CallHistory) -> TesseraError {
        with { $0.history = $0.history ?? history }
    }

    /// The same error with other details. Its texts were redacted when it was made and are not read again.
    package func with(_ change: (inout Details) -> Void) -> TesseraError {
        var details = storage.details
        change(&details)
        return TesseraError(copying: storage.code, storage.message, storage.remedy, details)
    }

    private init(copying code: Code, _ message: String, _ remedy: String?, _ details: Details) {
        storage = Storage(code: code, message: message, remedy: remedy, details: details)
    }
}

extension TesseraError: CustomReflectable {
    /// A mirror of the closed parts, so that `dump` shows no underlying error's values.
    public var customMirror: Mirror {
        Mirror(self, children: ["code": code.rawValue, "message": message])
    }
}
