#if OAuth
import TesseraCore

/// What a run of rotation asks of the authorization server.
protocol RefreshEndpoint: Sendable {
    /// Finds out what can be found out before a request has begun.
    func prepare(runtime: Runtime, transport: (any Transport)?) async
    /// Sends one refresh once, until the attempt's own deadline. Never cancelled.
    func refresh(_ attempt: RotationAttempt, runtime: Runtime, transport: (any Transport)?) async -> TokenVerdict
    /// Names the client secret in use.
    var credentialVersion: UInt64 { get }
    /// Asks the client secret's source again; whether it says something new.
    func reloadSecret() async -> Bool
    /// Revokes a refresh token (RFC 7009); whether the server confirmed.
    func revoke(_ token: Secret, runtime: Runtime, transport: (any Transport)?) async -> Bool
}
#endif
