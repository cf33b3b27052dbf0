#if OAuth
import TesseraCore

/// What an asker wants of a login: an access token for one audience, newer than the one it holds.
struct LoginWant: Sendable {
    /// The scope that is asked for; empty for what the login has.
    var scope: Set<String> = []
    /// The resource that the token is for (RFC 8707).
    var resource: String?
    /// The token that the asker has already: stale, aging, or refused by a resource.
    var held: Secret?
    /// When a token is too old to be handed out.
    var freshness = FreshnessPolicy()

    /// The token of `record` that serves, if there is one: of this audience, not stale, and not the one that is held.
    func serves(_ record: LoginRecord, _ reading: StoreReading, at now: MonotonicInstant) -> ObtainedToken? {
        for token in record.accessTokens where token.scope == scope && token.resource == resource {
            guard token.value != held else { continue }
            let obtained = ObtainedToken(token, record, reading, isAdopted: true)
            let expiry = token.lifetime.map { obtained.issuedAt.advanced(by: $0) }
            guard freshness.state(expiry: expiry, lifetime: token.lifetime, now: now) != .stale else { continue }
            return obtained
        }
        return nil
    }
}

/// An access token of a login, as an asker gets it.
struct ObtainedToken: Sendable {
    var value: Secret
    /// When it was asked for, on the local clock; may lie in the past.
    var issuedAt: MonotonicInstant
    var lifetime: Duration?
    var granted: Set<String>
    var generation: UInt64
    var login: String
    /// It was found in the store: no request of this process brought it.
    var isAdopted: Bool
    /// It could not be stored: when this process ends, the login is lost.
    var isUnstored = false

    init(
        _ token: LoginRecord.StoredAccessToken, _ record: LoginRecord, _ reading: StoreReading, isAdopted: Bool
    ) {
        value = token.value
        issuedAt = reading.local(of: token.issuedAt.time)
        lifetime = token.lifetime
        granted = token.granted
        generation = record.generation
        login = record.login
        self.isAdopted = isAdopted
    }
}
#endif
