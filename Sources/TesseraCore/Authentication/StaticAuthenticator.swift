public import HTTPTypes

/// An authenticator whose credential never changes: a bearer token, an API key, a password.
///
/// The credential is checked and encoded once; what is wrong with it is thrown by the session's initializer.
public struct StaticAuthenticator: Authenticator {
    private let result: Result<Credential, TesseraError>

    init(_ make: () throws -> Credential) {
        do {
            result = .success(try make())
        } catch let error as TesseraError {
            result = .failure(error)
        } catch {
            result = .failure(TesseraError(.malformedCredential, "the credential could not be made", underlying: error))
        }
    }

    /// The credential, the same for each attempt.
    public func credential(for attempt: AttemptContext) async throws -> Credential? {
        try result.get()
    }

    /// The credential.
    public func heldCredential(at now: MonotonicInstant) -> Credential? { try? result.get() }

    func validate() throws {
        _ = try result.get()
    }
}

/// An authenticator made of a closure that supplies the credential.
public struct ClosureAuthenticator: Authenticator {
    private let supply: @Sendable (AttemptContext) async throws -> Credential?

    init(_ supply: @escaping @Sendable (AttemptContext) async throws -> Credential?) {
        self.supply = supply
    }

    /// What the closure supplies.
    public func credential(for attempt: AttemptContext) async throws -> Credential? {
        try await supply(attempt)
    }
}

extension Authenticator where Self == StaticAuthenticator {
    /// A bearer token (RFC 6750 §2.1), bound to the session's base origin unless `origins` says otherwise.
    public static func bearer(_ token: Secret, origins: OriginSet? = nil) -> StaticAuthenticator {
        StaticAuthenticator { try .bearer(token, origins: origins) }
    }

    /// An API key in a header field of the given name.
    public static func apiKey(
        _ key: Secret, header name: HTTPField.Name, origins: OriginSet? = nil
    ) -> StaticAuthenticator {
        StaticAuthenticator { try .header(name, key, origins: origins) }
    }

    /// A user name and password (RFC 7617).
    public static func basic(user: String, password: Secret, origins: OriginSet? = nil) -> StaticAuthenticator {
        StaticAuthenticator { try .basic(user: user, password: password, origins: origins) }
    }
}

extension Authenticator where Self == ClosureAuthenticator {
    /// A closure that supplies the credential for each attempt.
    public static func custom(
        _ supply: @escaping @Sendable (AttemptContext) async throws -> Credential?
    ) -> ClosureAuthenticator {
        ClosureAuthenticator(supply)
    }
}

/// Which authenticator a single call uses.
public enum AuthenticationOverride: Sendable {
    /// The session's.
    case inherited
    /// None at all.
    case anonymous
    /// This one.
    case use(any Authenticator)
}
