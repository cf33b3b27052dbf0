#if OAuth
public import TesseraCore

/// A signed token in exchange for an access token (RFC 7523 §2.1): service accounts, most of all.
///
/// The client usually need not say who it is: ``ClientAuthentication/unidentified``.
public struct JWTBearerGrant: Grant {
    /// The scope to ask for; empty where the assertion says it.
    public var scope: [String]
    private let assertion: @Sendable () async throws -> Secret

    /// A grant that signs an assertion for each request.
    ///
    /// - Parameter assertion: Makes another assertion each time, with its own `jti` or time.
    public init(scope: [String] = [], assertion: @escaping @Sendable () async throws -> Secret) {
        self.scope = scope
        self.assertion = assertion
    }

    /// True: each request shows another assertion.
    public var isRepeatable: Bool { true }
    /// True.
    public var isIndependent: Bool { true }

    /// `grant_type`, `assertion`, and `scope` where it is set.
    public func parameters() async throws -> QueryItems {
        var items: QueryItems = ["grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"]
        items.append("assertion", try await assertion().withExposedBytes { String(decoding: $0, as: UTF8.self) })
        if !scope.isEmpty { items.append("scope", scope.joined(separator: " ")) }
        return items
    }
}
#endif
