#if Secrets
import TesseraCore
import TesseraOAuth

/// What is known of the token that a login gave.
struct VaultLease: Sendable {
    var token: Secret
    /// How long it was good for when the login gave it; nil for ever.
    var granted: Duration?
    var isRenewable: Bool
}

/// Whether a token is renewed or a new login is made: a pure function of the lease, the occasion and what is left.
enum VaultLeasePolicy {
    /// Nobody's token lives longer than a year here, whatever the server says.
    private static let longest: Int64 = 31_536_000

    /// The life of a token, from the seconds that the server names; nil for one that does not expire.
    static func lifetime(_ seconds: Int64) -> Duration? {
        seconds > 0 ? .seconds(min(seconds, longest)) : nil
    }

    /// A token that was refused is dead, and one whose time is over cannot be renewed.
    static func renews(_ lease: VaultLease, _ occasion: TokenOccasion, remaining: Duration?) -> Bool {
        guard lease.isRenewable, let remaining, remaining > .zero else { return false }
        return occasion == .aging || occasion == .stale
    }

    /// Whether a renewal brought what it should. Towards the longest life of a token (`max_ttl`) each renewal brings less
    /// than the one before; below half of what the login gave, a new login is due.
    static func isWorthKeeping(_ renewed: Duration?, granted: Duration?) -> Bool {
        guard let renewed, let granted else { return true }
        return renewed >= granted.scaled(by: 1, over: 2)
    }
}
#endif
