#if Secrets
import HTTPTypes
import Tessera
import TesseraCore

/// A server of the Vault API, and the sessions in which it is asked.
struct VaultServer: Sendable {
    private let address: String
    private let namespace: String?
    let transport: (any Transport)?

    /// - Throws: When the address is no URL, or `http` to another machine.
    init(_ address: String, namespace: String?, transport: (any Transport)?) throws {
        let url = try AbsoluteURL(address)
        guard url.query == nil else { throw TesseraError(.misconfigured, "the address of a Vault server has no query") }
        guard url.origin.scheme == .https || url.origin.isLoopback else {
            throw TesseraError(
                .insecureTransport, "the Vault server at \(url.origin) is not https",
                remedy: "use https; only loopback is exempt")
        }
        self.address = address
        self.namespace = namespace?.isEmpty == false ? namespace : nil
        self.transport = transport
    }

    /// A session for one fetch or login. What is posted is not repeated once it may have arrived: a secret id may be
    /// good for a few uses, a wrapping token is good for one.
    func session(deadline: MonotonicInstant, _ runtime: Runtime, _ other: (any Transport)? = nil) throws -> Session {
        let fetch = SecretFetch(deadline: deadline, runtime: runtime)
        return try SecretEndpoint.session(address, transport ?? other, fetch) { settings in
            // Vault can be told to answer no request without it: a server that was tricked into asking has no such field.
            settings.headers["X-Vault-Request"] = "true"
            if let namespace { settings.headers["X-Vault-Namespace"] = namespace }
            settings.retry = RetryPolicy(attempts: 3, methods: [.get], longestRetryAfter: .seconds(5))
        }
    }

    /// `/v1/` and the given parts, of which each may be several segments. The server's own words must not be made of a
    /// secret's name, so every segment is encoded, and `.` and `..` are none.
    static func target(_ parts: String...) -> RequestTarget {
        var target = RequestTarget.StringInterpolation(literalCapacity: 4, interpolationCount: 8)
        target.appendLiteral("/v1")
        for segment in parts.flatMap({ $0.split(separator: "/", omittingEmptySubsequences: false) }) {
            target.appendLiteral("/")
            target.appendInterpolation(segment)
        }
        return RequestTarget(stringInterpolation: target)
    }
}
#endif
