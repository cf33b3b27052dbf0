#if OAuth
import TesseraCore

/// How a token request may be made again while its answer does not come.
enum TokenRequestRepetition: Hashable {
    /// Not at all: what it showed may be spent.
    case never
    /// By the session, byte for byte.
    case asItIs
    /// With another assertion each time: servers remember the `jti` of those they saw (RFC 7523 §3).
    case madeAnew

    /// Requests in all, and the longest `Retry-After` that is waited for; the same as for a session's own repetitions.
    static let attempts = 3
    static let longestRetryAfter = Duration.seconds(5)

    init(_ repeatability: GrantRepeatability, isMadeAnew: Bool) {
        switch repeatability {
        case .repeatable: self = isMadeAnew ? .madeAnew : .asItIs
        case .once, .byProtocol: self = .never
        }
    }

    /// The wait before the next request is made anew; nil when there is none.
    func wait(after error: TesseraError, attempt: Int, remaining: Duration, random: UInt64) -> Duration? {
        guard self == .madeAnew, attempt < TokenRequestRepetition.attempts, error.code == .tokenEndpointUnavailable
        else { return nil }
        if error.status == nil {
            guard let wire = error.underlying as? TesseraError, [.timeout, .connection].contains(wire.code) else {
                return nil
            }
        }
        let asked = error.retryAfter ?? .zero
        let wait = max(Backoff().wait(before: attempt, random: random), asked)
        return asked <= TokenRequestRepetition.longestRetryAfter && wait < remaining ? wait : nil
    }
}
#endif
