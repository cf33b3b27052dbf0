#if OAuth
import TesseraCore

/// One login as it is stored: what all processes that share it must know (invariants 3 and 4).
///
/// `Secret`s are encrypted one by one before the record becomes bytes, each bound to key, login, generation and field.
struct LoginRecord: Sendable {
    /// Grows with each write of a format that older readers could misread; unknown fields are kept.
    static let format = 1

    /// A random name of this login: another login of the same person has another.
    var login: String
    /// Counts the refresh tokens of this login, from 1.
    var generation: UInt64
    var state: State
    /// The refresh token of `generation`; in a tombstone one that is still to be revoked.
    var refreshToken: Secret?
    /// The access tokens, one for each scope and resource.
    var accessTokens: [StoredAccessToken]
    /// A refresh token from an attempt whose commit came second; tried once before the login is given up.
    var spare: Secret?
    /// The highest fence that wrote.
    var fence: UInt64
    /// The epoch of the store's clock at the last write: another one may mean that the store forgot something.
    var storeEpoch: String?
    /// The tag of the login's first refresh token: tells that tokens which are handed in again are this login's old ones.
    var originTag: String?
    /// The subject that the login's ID tokens name; another one is refused (OpenID Connect Core §12.2).
    var account: String?
    /// Why and when, for a person who asks.
    var note: String?

    enum State: Sendable, Hashable, Codable {
        case ready
        case intent(Intent)
        case dead(Dead)
    }

    /// A refresh token is about to be, or may have been, sent.
    struct Intent: Sendable, Hashable, Codable {
        /// Random; each request to the token endpoint has its own.
        var attempt: String
        /// Which attempt with this generation, from 1.
        var number: Int
        /// A keyed hash of the refresh token that is sent.
        var tokenTag: String
        /// Before the first attempt with this generation: a server's grace cannot have begun earlier.
        var firstSentAt: StoreTime
        var sentAt: StoreTime
        /// When the sender has given up at the latest.
        var answerBy: StoreTime
        /// Who sends.
        var holder: Holder
        /// The sender recorded its own ambiguous end.
        var isFinished: Bool
        /// Set when the spare is sent: what the login would have died of without it.
        var spareAfter: Dead.Reason?
    }

    struct Dead: Sendable, Hashable, Codable {
        var reason: Reason
        var generation: UInt64
        var sentAt: StoreTime?
        var attempts: Int
        /// Until then a late answer may still come, and the record must stay to refuse it.
        var keepUntil: StoreTime?

        enum Reason: String, Sendable, Hashable, Codable {
            /// The authorization server refused the only attempt.
            case refused
            /// The server may have rotated the token and the answer never arrived.
            case responseLost
            /// The new token could not be stored.
            case storeFailed
            /// The server answered with tokens of somebody else (OpenID Connect Core §12.2).
            case accountChanged
            /// Logged out here.
            case loggedOut
        }
    }

    /// A process, told apart from one that later has the same number.
    struct Holder: Sendable, Hashable, Codable {
        var host: String
        var boot: String
        var process: Int32
        var started: UInt64
        var nonce: String
    }

    struct StoredAccessToken: Sendable {
        var scope: Set<String>
        var resource: String?
        var value: Secret
        var issuedAt: StoreTime
        var lifetime: Duration?
        var granted: Set<String>
    }

    /// Fields of newer writers, kept and written back.
    var unknown = UnknownFields()
}
#endif
