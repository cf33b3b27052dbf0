#if CLI
import Synchronization

/// What an access token stands for.
struct AccessGrant: Sendable {
    var clientID: String
    var scope: [String]
    var expiry: ContinuousClock.Instant
}

/// The access tokens issued, with their expiry on a monotonic clock that also counts suspend.
final class TokenRegistry: Sendable {
    enum Status: Sendable {
        case valid(AccessGrant)
        case expired(AccessGrant)
        case unknown
    }

    private static let capacity = 100_000

    /// Seconds.
    let lifetime: Int
    private let grants = Mutex<[String: AccessGrant]>([:])

    init(lifetime: Int) {
        self.lifetime = lifetime
    }

    /// Issues a token.
    func issue(to clientID: String, scope: [String]) -> String {
        let token = RandomToken.make()
        let now = ContinuousClock.now
        let grant = AccessGrant(clientID: clientID, scope: scope, expiry: now.advanced(by: .seconds(lifetime)))
        grants.withLock { grants in
            if grants.count >= Self.capacity { Self.makeRoom(in: &grants, now: now) }
            grants[token] = grant
        }
        return token
    }

    /// What is known about a token.
    func status(of token: String) -> Status {
        guard let grant = grants.withLock({ $0[token] }) else { return .unknown }
        return grant.expiry > .now ? .valid(grant) : .expired(grant)
    }

    /// Expired tokens go first, then the quarter that expires next.
    private static func makeRoom(in grants: inout [String: AccessGrant], now: ContinuousClock.Instant) {
        grants = grants.filter { $0.value.expiry > now }
        guard grants.count >= capacity else { return }
        for (token, _) in grants.sorted(by: { $0.value.expiry < $1.value.expiry }).prefix(capacity / 4) {
            grants[token] = nil
        }
    }
}
#endif
