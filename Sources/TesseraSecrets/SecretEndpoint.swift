#if Secrets
import HTTPTypes
import Tessera
import TesseraCore

/// The sessions in which secret managers, and those who vouch for us to them, are asked.
enum SecretEndpoint {
    /// The most that is read of an answer.
    static let answerBytes = 1_048_576

    /// A session for one origin: it follows no redirect, keeps no cookie, and what `auth` supplies is bound to the origin.
    ///
    /// Requests are repeated as reads are: use it for what may be sent twice.
    ///
    /// - Parameter transport: Nil for the default transport.
    static func session(
        _ url: String, _ transport: (any Transport)?, _ fetch: SecretFetch, auth: (any Authenticator)? = nil,
        _ configure: (inout Session.Configuration) -> Void = { _ in }
    ) throws -> Session {
        try Session(url, auth: auth, transport: transport ?? defaultTransport()) { settings in
            let remaining = fetch.runtime.now().duration(to: fetch.deadline)
            settings.runtime = fetch.runtime
            settings.redirects = .never
            settings.limits.bodyBytes = answerBytes
            settings.timeouts = Timeouts(connect: .seconds(5), attempt: min(.seconds(10), remaining), total: remaining)
            settings.retry = RetryPolicy(attempts: 3, methods: [.get, .post], longestRetryAfter: .seconds(5))
            configure(&settings)
        }
    }

    static func defaultTransport() throws -> any Transport {
        #if NIO
        return DefaultTransport.shared
        #else
        throw TesseraError(
            .misconfigured, "the secret manager has no transport", remedy: "pass transport:, or enable the trait NIO")
        #endif
    }
}
#endif
