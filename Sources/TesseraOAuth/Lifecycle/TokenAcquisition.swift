#if OAuth
import Synchronization
public import TesseraCore

/// One way to get a token: client credentials, a login with a refresh token, a foreign endpoint.
///
/// It only obtains. That one request serves all who ask, when one is made, how failures are remembered and what is
/// reported is the business of ``RefreshingTokenSource``.
public protocol TokenAcquisition: Sendable {
    /// Names the secret, assertion or login in use; another value ends the memory of a refusal. Asked outside of locks;
    /// must be quick.
    var credentialVersion: UInt64 { get }

    /// Whether ``obtain(_:)`` may be cancelled when its time is over. False for what must not be torn off after it was
    /// sent, for example a one-time refresh token: then those who wait are sent away and the flight goes on.
    var isAbortable: Bool { get }

    /// Whether it holds something that exists nowhere else, for example a login that could not be stored.
    var isUnsaved: Bool { get }

    /// Obtains one token. One source never calls it again before it has returned, unless it is abortable and has not
    /// returned for twice its time.
    ///
    /// - Throws: ``TesseraError``; anything else is taken for a failure that passes.
    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse

    /// How a failure is remembered.
    func classify(_ error: TesseraError) -> TokenFailure
}

extension TokenAcquisition {
    /// Always the same.
    public var credentialVersion: UInt64 { 0 }
    /// True.
    public var isAbortable: Bool { true }
    /// False.
    public var isUnsaved: Bool { false }

    /// As RFC 6749 §5.2 has it, for requests that may be repeated.
    public func classify(_ error: TesseraError) -> TokenFailure {
        TokenFailure(error, repeatability: .repeatable)
    }
}

/// A token by a closure.
struct ClosureAcquisition: TokenAcquisition {
    let fetch: @Sendable (RefreshingTokenSource.Fetch) async throws -> TokenResponse

    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        try await self.fetch(fetch)
    }
}

/// A token by one request to the token endpoint.
final class GrantAcquisition: TokenAcquisition {
    private let client: OAuthClient
    private let grant: any Grant
    /// As the last request showed: a grant's type is known when its parameters are.
    private let repeatability: Mutex<GrantRepeatability>

    init(client: OAuthClient, grant: any Grant) {
        self.client = client
        self.grant = grant
        repeatability = Mutex(grant.isRepeatable ? .repeatable : .once)
    }

    var credentialVersion: UInt64 { client.authentication.secret?.version ?? 0 }

    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        try await TokenRequest(client: client, grant: grant).send(fetch) { found in
            repeatability.withLock { $0 = found }
        }
    }

    func classify(_ error: TesseraError) -> TokenFailure {
        TokenFailure(error, repeatability: repeatability.withLock { $0 })
    }
}
#endif
