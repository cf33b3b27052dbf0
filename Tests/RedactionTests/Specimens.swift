#if OAuth
import HTTPTypes
import Tessera
import TesseraJOSE
import TesseraOAuth

@testable import TesseraCore
@testable import TesseraTesting

#if NIO
import TesseraNIO
#endif

/// Values of every public type that can hold a secret, made with a canary inside.
struct Specimens {
    let canary = Canary()

    /// By the type's name as the symbol graph writes it.
    func all() throws -> [String: [Any]] {
        let secret = canary.secret
        let origin = try Origin("https://api.test")
        let runtime = Runtime.current
        let field = HTTPField.Name.authorization
        let credential = try Credential.header(field, secret)
        let token = try AccessToken(secret, scope: ["a"])
        let server = MockTransport()
        let session = try Session("https://api.test", auth: .bearer(secret), transport: server) {
            $0.proxy = .server(
                ProxyServer(origin: origin, authorization: ProxyAuthorization(user: "u", password: secret)))
        }
        let sealed = TransportRequest(
            origin: origin, head: HTTPRequest(method: .get, scheme: "https", authority: "api.test", path: "/"),
            sealed: credential.fields, deadline: .distantFuture,
            proxy: ProxyServer(origin: origin, authorization: ProxyAuthorization(user: "u", password: secret)))
        server.on(.get, "/me").reply()
        let recorded = MockRequest(sealed, body: [])
        let client = try OAuthClient(
            issuer: "https://login.test", id: "billing", authentication: .secretPost(secret), transport: server)
        let source = client.clientCredentials()
        let key = TokenKey.client(issuer: "https://login.test", client: "billing")
        let registry = TokenSourceRegistry { _ in source }
        var fetch = RefreshingTokenSource.Fetch(deadline: .distantFuture, runtime: runtime, transport: server)
        fetch.held = token
        var hostileConfiguration = HostileAuthorizationServer.Configuration()
        hostileConfiguration.clientSecret = secret
        let hostile = HostileAuthorizationServer(hostileConfiguration)
        let redactor = Redactor()
        redactor.register(secret)
        let context = AttemptContext(
            number: 1, head: sealed.head, origin: origin, deadline: .distantFuture, runtime: runtime, transport: server)
        let echo = secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        let failure = TransportFailure(.tls, phase: .tls, progress: .nothingSent, message: "it says \(echo)")
        var stream = RedactingStream(redactor)
        _ = stream.take("held back: \(echo)".utf8)
        let specimens: [String: [Any]] = [
            "RedactingStream": [stream],
            "Secret": [secret], "Credential": [credential], "SealedFields": [credential.fields],
            "AccessToken": [token], "Session": [session], "Session.Configuration": [session.configuration],
            "TransportRequest": [sealed], "StaticAuthenticator": [StaticAuthenticator.bearer(secret)],
            "ClosureAuthenticator": [ClosureAuthenticator.custom { _ in credential }],
            "AuthenticationOverride": [AuthenticationOverride.use(.bearer(secret))],
            "CallRequest": [CallRequest(.get, "/me", auth: .use(.bearer(secret)))],
            "FixedSecretSource": [FixedSecretSource(secret)],
            "StoreKeys": [
                StoreKeys(.value(secret)), StoreKeys(.value(secret), older: [.value(secret)], naming: .value(secret)),
            ],
            "ProxyAuthorization": [ProxyAuthorization(user: "u", password: secret)],
            "ProxyServer": [sealed.proxy as Any], "ProxyPolicy": [session.configuration.proxy],
            "TokenAuthenticator": [TokenAuthenticator(source)],
            "TokenUse": [TokenUse(deadline: .distantFuture, runtime: runtime, transport: server)],
            "TokenResponse": [TokenResponse(accessToken: secret)],
            "TokenSet": [TokenSet(refreshToken: secret, accessToken: secret, idToken: secret)], "OAuthClient": [client],
            "ClientAuthentication": [
                ClientAuthentication.secretBasic(secret), ClientAuthentication.secretPost(secret),
                ClientAuthentication.assertion(.value(secret)),
                ClientAuthentication.privateKeyJWT(.value(secret), algorithm: .es256),
            ],
            "JWTBearerGrant": [JWTBearerGrant { secret }],
            "TokenExchangeGrant": [TokenExchangeGrant(subjectToken: .value(secret), type: .jwt)],
            "RefreshingTokenSource": [source], "RefreshingTokenSource.Fetch": [fetch],
            "TokenSourceRegistry": [registry], "RegisteredTokens": [registry.tokens(for: key)],
            "TokenRefresher": [TokenRefresher([source])],
            "TokenRefresher.Subject": [TokenRefresher.Subject.sources([source])],
            "TokenFailure": [TokenFailure(TesseraError.make(.retryLater, "it says \(echo)"), kind: .temporary)],
            "MockRequest": [recorded], "MockTransport": [server],
            "RequestMatcher": [RequestMatcher.bearer(secret), RequestMatcher.form(["client_secret": echo])],
            "MockReply": [
                MockReply(headers: ["Set-Cookie": echo], json: ["access_token": .string(echo)]), MockReply(body: echo),
            ],
            "SecretSourceSubject": [SecretSourceSubject(.value(secret), holds: secret)],
            "AuthenticatorSubject": [AuthenticatorSubject(origin: origin) { StaticAuthenticator.bearer(secret) }],
            "HostileAuthorizationServer": [hostile], "HostileAuthorizationServer.Configuration": [hostileConfiguration],
            "HostileAuthorizationServer.Login": [hostile.logIn()], "Canary": [canary], "Redactor": [redactor],
            "AttemptContext": [context],
            "Reaction": [Reaction.fail(TesseraError.make(.unauthorized, "it says \(echo)"))],
            "TesseraError": [TesseraError.make(.httpStatus, "it says \(echo)", remedy: "none")],
            "TransportFailure": [failure],
            "Problem": [Problem(title: echo, detail: "again \(echo)").redacted()],
        ]
        return specimens.merging(transportSettings()) { $1 }
    }

    /// What a transport is set up with: the key of a client certificate and its passphrase.
    private func transportSettings() -> [String: [Any]] {
        #if NIO
        var configuration = NIOTransport.Configuration()
        let certificates: [NIOTransport.TLSSettings.ClientCertificate] = [
            .pem(chain: [], key: canary.secret, passphrase: canary.secret),
            .pemFiles(chain: "c.pem", key: "c.key", passphrase: canary.secret),
        ]
        configuration.tls.clientCertificate = certificates.first
        return [
            "NIOTransport.Configuration": [configuration], "NIOTransport.TLSSettings": [configuration.tls],
            "NIOTransport.TLSSettings.ClientCertificate": certificates,
        ]
        #else
        return [:]
        #endif
    }

    /// Public types that hold no secret: settings, decisions, numbers, names, and what only passes bytes on that the
    /// caller or the server wrote. A new public type must be put here or above, or the test fails.
    static let holdNoSecret: Set<String> = [
        "TokenKey", "HostileAuthorizationServer.Endpoint", "HostileAuthorizationServer.Event",
        "HostileAuthorizationServer.Event.Kind", "HostileAuthorizationServer.Fault",
        "HostileAuthorizationServer.Fault.Answer", "HostileAuthorizationServer.Fault.Step",
        "HostileAuthorizationServer.Log", "HostileAuthorizationServer.Outcome",
        "HostileAuthorizationServer.Refusal", "HostileAuthorizationServer.Rotation",
        "HostileAuthorizationServer.Scenario", "HostileAuthorizationServer.TokenRequest",
        "ConnectionChoice", "ProviderProfile", "ProviderProfile.Rotation", "ProviderProfile.Meaning", "LoginSettings",
        "LoginTokenSource",
        "AbsoluteURL", "AttemptSummary", "AttemptSummary.Result", "Backoff", "BodyWriter", "CallHistory",
        "CallHistory.Attempt", "CallHistory.CredentialUse", "CallHistory.Decision",
        "CallHistory.ReauthorizationRefusal",
        "Challenge", "Checkpoint", "CodableMethod", "CookieJar", "EventReconnection", "FreshnessPolicy",
        "FreshnessPolicy.State",
        "IdempotencyKey",
        "JSONCoding",
        "JSONCoding.Dates", "JSONCoding.Keys", "JSONPointer", "Link", "Link.Parameter", "MonotonicInstant",
        "MultipartPart", "NextCall",
        "Origin",
        "Origin.Scheme", "OriginSet", "OutgoingBody", "Page", "PageEnd", "PageEnd.Reason", "PageLimits", "PageStyle",
        "PageTokenPlace",
        "Pages", "Pages.AsyncIterator", "Pages.ByPage", "Pages.ByPage.AsyncIterator", "PhaseLimits", "PublicSuffixList",
        "QueryItems",
        "QueryItems.Item", "RedirectDecision", "RedirectDecision.Refusal", "RedirectPolicy", "RedirectSummary",
        "RequestBody", "RequestHeaders", "RequestTarget", "RequestTarget.StringInterpolation", "ResponseBody",
        "ResponseBody.AsyncIterator", "ResponseBody.Events", "ResponseBody.Events.AsyncIterator",
        "ResponseBody.JSONLines", "ResponseBody.JSONLines.AsyncIterator", "ResponseLimits", "RetryDecision",
        "RetryDecision.Occasion",
        "RetryDecision.StopReason", "RetryDecision.WaitSource", "RetryPolicy", "Runtime", "SecretEncoding",
        "PatternMatch", "PatternMatcher", "SecretPattern",
        "Backoff.Jitter", "CircuitBreaker", "ConcurrencyLimit", "ConfigurationWarning", "Hedging", "RateLimitPolicy",
        "RedirectAnswer", "RedirectOffer", "RetryAfterRules", "RetryAfterRules.Overlong", "RetryBudget",
        "RetryClassifier", "RetryExplanation", "RetryLimits", "RetryScope", "RetryTally", "Session.Plan",
        "TesseraError.TimeLimit",
        "ServerSentEvent", "Session.Response", "Session.StreamedResponse", "SpawnedTask", "StatusExpectation",
        "TesseraError.Code",
        "Timeouts", "Timestamp", "TransferProgress", "TransportCapabilities", "TransportFailure.Kind",
        "TransportFailure.Phase",
        "TransportFailure.Progress", "TransportReply", "TransportStream", "ClientCredentialsGrant",
        "ClientAssertionOptions", "ClientAssertionOptions.Audience", "TokenExchangeGrant.TokenType",
        // A signing key has no member of text to put a canary into; that it prints nothing is shown where it is tested.
        "JWSAlgorithm", "JWSHeader", "JWSSigningKey", "JWTClaims",
        "NIOTransport.TLSSettings.TrustRoots", "NIOTransport.TLSSettings.Version",
        "NIOTransport.CertificatePin", "NIOTransport.DNS", "ProxyServer.Kind",
        "NIOTransport", "RefreshingTokenSource.Settings", "RefreshingTokenSource.Statistics",
        "TokenSourceRegistry.Limits",
        "RegisteredTokens.ScopeMatching", "GrantRepeatability", "TokenFailure.Kind", "TokenFailurePolicy",
        "FreshnessPolicy.Windows", "ServerClock", "TokenEvent", "TokenEvent.Obtained", "TokenEvent.Failed",
        "TokenEvent.Departure", "TokenOccasion", "TokenSourceName", "TokenSourceName.Kind", "TokenObserver",
        "TokenStatus", "TokenStatus.Phase", "TokenRejection", "TesseraError.LoginReason", "TesseraError.Recovery",
        "JSONValue", "MockRoute", "MockTransport.Order", "VirtualTime",
        // What they say of a request went through the redactor.
        "MockFailure", "MockLedger", "MockProblem", "MockProblem.Kind", "MockProblem.Place", "UnexpectedRequest",
        "WireFault", "Cassette", "Cassette.Mode", "CassetteFailure", "ContractOutcome", "SecretSourceContract",
        "SecretSourceCheck", "AuthenticatorContract", "AuthenticatorCheck",
        "AsyncHTTPClientTransport", "DefaultTransport", "ContractViolation", "RawConnection", "RawField", "RawRequest",
        "RawBlackHole", "RawServer", "RawServer.Log", "RawServerFailure", "TransportCheck", "TransportCheck.Outcome",
        "TransportContract", "TransportContract.Report",
        // Stores: settings and names, and bytes that are encrypted already.
        "EnvironmentSecretSource", "FileTokenStore", "FileTokenStore.Options", "FileTokenStore.Witness",
        "MemoryTokenStore", "StorageName", "StoreTime", "StoreVersion", "StoredEntry", "TokenStoreCheck",
        "TokenStoreCheck.Outcome", "TokenStoreConflict", "TokenStoreContract", "TokenStoreContract.Report",
        "TokenStoreDurability",
    ]
}
#endif
