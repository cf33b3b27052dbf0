#if OAuth
import TesseraCore

extension RotationStateMachine {
    /// What happened outside.
    enum Event: Sendable {
        case start
        case leased(Lease)
        /// Nobody gave the lease back in time.
        case leaseUnavailable
        case renewed(end: MonotonicInstant?)
        case renewFailed
        case loaded(Found)
        case saved(StoreVersion)
        /// Somebody else wrote in the meantime.
        case conflict
        /// The store failed; what was being written may be there or not.
        case storeFailed(TesseraError?)
        /// The store itself noticed that its entry is older than one it had.
        case entryRolledBack
        /// The store takes the older entry.
        case entryAccepted
        /// Whether a process is gone; nil when that cannot be known.
        case probed(isGone: Bool?)
        case answered(TokenVerdict)
        case secretReloaded(hasChanged: Bool)
        case revoked(isDone: Bool)
        case released
        /// A time of ``nextWake`` has come.
        case wake
        case shutdown
    }

    /// What shall be done outside. At most one is under way besides `renew`, `publish` and `record`.
    enum Effect: Sendable {
        case acquire(until: MonotonicInstant)
        case stopAcquiring
        case renew
        /// Read the store's clock, the record, and the tags of its refresh tokens.
        case read
        case acceptEntry
        case save(LoginRecord, replacing: StoreVersion?)
        case probe(LoginRecord.Holder)
        case post(RotationAttempt)
        case reloadSecret
        /// RFC 7009.
        case revoke(Secret)
        case release
        /// Hand the token to all who wait.
        case publish(ObtainedToken)
        /// Tell all who wait.
        case fail(RotationFailure)
        /// The revocation of a logout is still to be done.
        case resumeLogout
        case record(RotationJournal.Step)
        case finish
    }

    /// The lease as the machine sees it.
    struct Lease: Sendable, Hashable {
        var fence: UInt64
        var provesHoldersDeath: Bool
        /// On the local clock, reckoned from before it was asked for; nil for leases that do not end by time.
        var end: MonotonicInstant?
    }

    /// What a read found.
    struct Found: Sendable {
        var stored: StoredLogin?
        var reading: StoreReading
        var tag: String?
        var spareTag: String?
    }
}

/// One request to the token endpoint with a refresh token.
struct RotationAttempt: Sendable {
    var id: String
    var login: String
    var generation: UInt64
    var number: Int
    var refreshToken: Secret
    var tokenTag: String
    var scope: Set<String>
    var resource: String?
    var deadline: MonotonicInstant
}

/// Why no token was obtained.
enum RotationFailure: Sendable {
    case notLoggedIn
    case loginRequired(LoginRecord.Dead)
    /// The store cannot be used now.
    case storeUnavailable(TesseraError?)
    /// The new tokens are held back until they can be stored.
    case unstored(TesseraError?)
    /// Another process renews, or may have died renewing.
    case heldByPeer(after: Duration?)
    /// The token endpoint could not be asked, or did not say clearly what it did.
    case endpoint(TesseraError?, after: Duration?)
    /// The client, or the request, was refused.
    case misconfigured(TesseraError?)
    /// The answer brought no usable access token; its refresh token is stored.
    case unusableAnswer(TesseraError?)
    case shutDown
}
#endif
