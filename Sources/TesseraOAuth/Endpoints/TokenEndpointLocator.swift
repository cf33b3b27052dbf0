#if OAuth
import HTTPTypes
import Synchronization
import TesseraCore

/// Finds the token endpoint: as configured, or in the issuer's metadata (RFC 8414 §3).
///
/// What metadata names must be on the issuer's own origin or on one that the caller trusts, so that no document can
/// send the client's secret elsewhere (threats A2 and A4).
final class TokenEndpointLocator: Sendable {
    let issuer: String
    private let issuerURL: AbsoluteURL
    private let trusted: [Origin]
    private let known: Mutex<Endpoints>

    private struct Endpoints {
        var token: AbsoluteURL?
        var revocation: AbsoluteURL?
        /// The metadata was read: what is nil now is not there.
        var isComplete = false
    }

    init(issuer: String, fixed: String?, revocation: String? = nil, trusted: [Origin]) throws {
        self.issuer = issuer
        issuerURL = try AbsoluteURL(issuer)
        guard issuerURL.query == nil else {
            throw TesseraError(.misconfigured, "an issuer's URL has no query (RFC 8414 §2)")
        }
        self.trusted = trusted
        let fixedURL = try fixed.map { try AbsoluteURL($0) }
        let revocationURL = try revocation.map { try AbsoluteURL($0) }
        for url in [issuerURL, fixedURL, revocationURL] {
            guard let url, url.origin.scheme == .http, !url.origin.isLoopback else { continue }
            throw TesseraError(
                .insecureTransport, "the authorization server at \(url.origin) is not https",
                remedy: "use https; only loopback is exempt")
        }
        known = Mutex(Endpoints(token: fixedURL, revocation: revocationURL))
    }

    func locate(_ transport: any Transport, _ fetch: RefreshingTokenSource.Fetch) async throws -> AbsoluteURL {
        if let url = known.withLock({ $0.token }) { return url }
        let found = try await discover(transport, fetch)
        remember(found)
        return found.token
    }

    /// The revocation endpoint (RFC 7009); nil when the server names none.
    func locateRevocation(
        _ transport: any Transport, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> AbsoluteURL? {
        let known = known.withLock { $0 }
        if known.isComplete || known.revocation != nil { return known.revocation }
        let found = try await discover(transport, fetch)
        remember(found)
        return found.revocation
    }

    private func remember(_ found: (token: AbsoluteURL, revocation: AbsoluteURL?)) {
        known.withLock { known in
            known.token = known.token ?? found.token
            known.revocation = known.revocation ?? found.revocation
            known.isComplete = true
        }
    }

    private struct Metadata: Decodable {
        var issuer: String
        var tokenEndpoint: String
        var revocationEndpoint: String?

        enum CodingKeys: String, CodingKey {
            case issuer
            case tokenEndpoint = "token_endpoint"
            case revocationEndpoint = "revocation_endpoint"
        }
    }

    private func discover(
        _ transport: any Transport, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> (token: AbsoluteURL, revocation: AbsoluteURL?) {
        let session = try TokenRequest.session(issuerURL.origin, transport, fetch, repeats: true)
        let issuerPath = issuerURL.path == "/" ? "" : issuerURL.path
        // RFC 8414 §3.1 puts the well-known part before the issuer's path; OpenID Connect Discovery §4 after it.
        let candidates = [
            "/.well-known/oauth-authorization-server\(issuerPath)", "\(issuerPath)/.well-known/openid-configuration",
        ]
        for (index, path) in candidates.enumerated() {
            let response: Session.Response
            do {
                response = try await session.get(
                    RequestTarget(relative: path), headers: ["Accept": "application/json"], expecting: .any)
            } catch let error as TesseraError where error.isOfTheWire {
                throw TesseraError(
                    tokenEndpointUnreachable: error, "the issuer's metadata could not be read: \(error.message)")
            }
            let isLast = index == candidates.count - 1
            if response.status.code == 404, !isLast { continue }
            return try endpoints(in: response)
        }
        throw failure("there is none")
    }

    private func endpoints(in response: Session.Response) throws -> (token: AbsoluteURL, revocation: AbsoluteURL?) {
        let status = response.status.code
        guard status == 200 else {
            if status == 429 || status >= 500 { throw TokenResponse.refusal(response) }
            throw failure("it is answered with status \(status)")
        }
        guard let metadata = try? response.json(Metadata.self) else {
            throw failure("it is no JSON object with issuer and token_endpoint")
        }
        // RFC 8414 §3.3: identical, or it may be another server's document.
        guard metadata.issuer == issuer else { throw failure("it is another issuer's") }
        return (
            try checked(metadata.tokenEndpoint, "token_endpoint"),
            try metadata.revocationEndpoint.map { try checked($0, "revocation_endpoint") }
        )
    }

    private func checked(_ text: String, _ name: String) throws -> AbsoluteURL {
        guard let url = try? AbsoluteURL(text) else { throw failure("its \(name) is no acceptable URL") }
        guard url.origin == issuerURL.origin || trusted.contains(url.origin) else {
            throw failure(
                "its \(name) is at \(url.origin), which is not the issuer's origin",
                remedy: "if that is right, name it in trustedEndpoints")
        }
        guard url.origin.scheme == .https || url.origin.isLoopback else { throw failure("its \(name) is not https") }
        return url
    }

    private func failure(_ flaw: String, remedy: String? = nil) -> TesseraError {
        TesseraError(
            .discoveryFailed, "the metadata of issuer \(issuerURL.origin) cannot be used: \(flaw)",
            remedy: remedy ?? "check the issuer's URL, or pass tokenEndpoint:")
    }
}
#endif
