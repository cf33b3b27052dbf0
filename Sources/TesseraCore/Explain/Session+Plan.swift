public import HTTPTypes

extension Session {
    /// What a call would do. Holds names of header fields and no values, no query and no credential.
    public struct Plan: Sendable, CustomStringConvertible {
        /// The method.
        public let method: HTTPRequest.Method
        /// Where the first attempt would go, with `{}` in place of values and without its query.
        public let url: String
        /// The names of the header fields of the first attempt, without the credential's.
        public let fields: [String]
        /// Whether an authenticator would be asked for a credential.
        public let asksForCredential: Bool
        /// Whether the body could be sent a second time.
        public let isReplayable: Bool
        /// Whether the call carries an idempotency key.
        public let hasIdempotencyKey: Bool
        /// The proxy's origin, if it would go through one.
        public let proxy: String?
        /// The bounds on time.
        public let timeouts: Timeouts
        /// What would follow a 503, and a connection that is lost after the request was sent.
        public let retries: [RetryExplanation]
        /// How many redirects would be followed.
        public let redirects: Int
        /// What is odd about the session's settings.
        public let warnings: [ConfigurationWarning]

        /// A few lines for people.
        public var description: String {
            var lines = ["\(method.rawValue) \(url)", "fields: \(fields.joined(separator: ", "))"]
            lines.append("credential: \(asksForCredential ? "asked for; only for its own origins" : "none")")
            if let proxy { lines.append("proxy: \(proxy)") }
            let body = isReplayable ? "can be sent again" : "can be sent once only"
            lines.append("body: \(body)\(hasIdempotencyKey ? ", with an idempotency key" : "")")
            lines.append(
                "time: connect \(timeouts.connect.brief), attempt \(timeouts.attempt.brief), between bytes "
                    + "\(timeouts.idle.brief), total \(timeouts.total.brief)")
            lines += retries.map { "retry: \($0)" }
            lines.append("redirects: \(redirects == 0 ? "none" : "up to \(redirects), never from https to http")")
            lines += warnings.map { "warning: \($0.text)" }
            return lines.joined(separator: "\n")
        }
    }

    /// What a call would do, decided as for sending it. Nothing is sent, and no credential is asked for.
    ///
    /// - Throws: ``TesseraError`` as ``send(_:)`` does when target, header or body cannot be accepted.
    public func plan(_ call: CallRequest) throws -> Plan {
        let plan = try core.plan(call)
        let settings = plan.core.configuration
        let answered = AttemptSummary(
            attempt: 1, method: plan.method, result: .status(503), isReplayable: plan.isReplayable,
            hasIdempotencyKey: plan.hasIdempotencyKey, origin: plan.origin)
        var lost = answered
        lost.result = .failure(.disconnected, .head, .sent(bytes: nil))
        return Plan(
            method: plan.method, url: "\(plan.origin)\(plan.template)",
            fields: plan.fields.map(\.name.rawName), asksForCredential: plan.authenticator != nil,
            isReplayable: plan.isReplayable, hasIdempotencyKey: plan.hasIdempotencyKey,
            proxy: plan.core.proxy(for: plan.origin).map { "\($0.origin)" }, timeouts: settings.timeouts,
            retries: [settings.retry.explain(answered), settings.retry.explain(lost)],
            redirects: max(0, settings.redirects.limit), warnings: plan.core.lint())
    }
}
