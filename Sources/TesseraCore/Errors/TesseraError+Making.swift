import HTTPTypes

extension TesseraError {
    /// The error of a call that ended on the wire.
    ///
    /// - Parameter isOver: Whether it was the call's own deadline that ended it.
    init(_ failure: TransportFailure, origin: Origin, history: CallHistory, isOver: Bool = false) {
        var details = Details()
        details.history = history
        details.underlying = failure
        if failure.kind == .timeout { details.timeLimit = isOver ? .total : TimeLimit(failure.phase) }
        self.init(
            Code(failure.kind), "\(origin): \(failure.message) (phase \(failure.phase.rawValue))",
            remedy: details.timeLimit?.remedy ?? failure.remedy, details: details)
    }

    /// The error of an answer whose status was not expected.
    init(
        unexpected head: HTTPResponse, body: [UInt8], url: AbsoluteURL, template: String, history: CallHistory,
        isWaitTooLong: Bool, now: Timestamp
    ) {
        var details = Details()
        details.status = head.status
        details.history = history
        details.challenges = ChallengeParser.parse(head.headerFields[values: .wwwAuthenticate])
        details.retryAfter = head.headerFields[.retryAfter].flatMap { RetryAfter.parse($0, now: now) }
        let type = head.headerFields[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        if type == "application/problem+json" {
            details.problem = try? JSONCoding().decode(Problem.self, from: body).redacted()
        }
        let method = history.attempts.last?.method.rawValue ?? ""
        let place = history.count == 1 ? "\(url.origin)\(template)" : "\(url.origin)"
        let code: Code =
            switch head.status.code {
            case 401: .unauthorized
            case 403: .forbidden
            case 429: .rateLimited
            default: isWaitTooLong ? .rateLimited : .httpStatus
            }
        self.init(
            code, "\(method) \(place) was answered with status \(head.status.code)",
            remedy: TesseraError.remedy(for: code, details), details: details)
    }

    private static func remedy(for code: Code, _ details: Details) -> String? {
        switch code {
        case .unauthorized:
            details.challenges.first.map { "check the credential; the server asks for \($0)" } ?? "check the credential"
        case .forbidden: "the credential is known but may not do this; check its scopes and rights"
        case .rateLimited: details.retryAfter.map { "come back in \($0.brief)" }
        default: nil
        }
    }
}

extension TesseraError.Code {
    init(_ kind: TransportFailure.Kind) {
        switch kind {
        case .timeout: self = .timeout
        case .unreachable, .disconnected, .cancelled: self = .connection
        case .tls: self = .tls
        case .proxy: self = .proxy
        case .protocolViolation: self = .protocolViolation
        case .limitExceeded: self = .limitExceeded
        case .bodyFailed: self = .encoding
        case .shutDown: self = .shutDown
        case .unsupported: self = .misconfigured
        case .unexpectedRequest: self = .unexpectedRequest
        }
    }
}

extension TransportFailure {
    fileprivate var remedy: String? {
        switch kind {
        case .unreachable where phase == .resolve: "check the host name and the DNS"
        case .unreachable: "check that the server runs and that the port is right"
        case .tls: "check the certificate, its host name and the trusted roots"
        case .proxy: "check HTTPS_PROXY and NO_PROXY"
        default: nil
        }
    }
}
