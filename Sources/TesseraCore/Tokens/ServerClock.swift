/// How far an authorization server's clock is from this machine's, as its own token endpoint shows in `Date`.
///
/// For freshness alone, where a server names a point in time instead of a length; never for deciding whether a signed
/// statement is valid. What any other server says is not listened to (threat G1).
public struct ServerClock: Sendable, Hashable, Codable {
    /// The largest offset that is believed, either way.
    public static let largestOffset = Duration.seconds(300)
    /// Answers that took longer say too little.
    public static let longestRoundTrip = Duration.seconds(10)

    /// What to add to this machine's time to have the server's.
    public private(set) var offset: Duration

    /// A clock that agrees with this machine's.
    public init() {
        offset = .zero
    }

    /// Takes the `Date` of an answer into account (RFC 9110 §6.6.1).
    ///
    /// `Date` counts whole seconds and was written at some time during the round trip, which leaves a range of possible
    /// offsets; the one nearest to zero is taken, so that an exact clock is never corrected.
    ///
    /// - Parameters:
    ///   - date: What the answer says.
    ///   - sent: This machine's time when the request went out.
    ///   - roundTrip: How long the answer took, on the monotonic clock.
    public mutating func observe(date: Timestamp, sent: Timestamp, roundTrip: Duration) {
        guard roundTrip >= .zero, roundTrip <= ServerClock.longestRoundTrip else { return }
        let least = sent.advanced(by: roundTrip).duration(to: date)
        let most = sent.duration(to: date.advanced(by: .seconds(1)))
        let nearest = max(least, min(.zero, most))
        offset = min(ServerClock.largestOffset, max(.zero - ServerClock.largestOffset, nearest))
    }

    /// How long it is from `now`, on this machine's clock, to a time on the server's; never negative.
    public func remaining(until time: Timestamp, now: Timestamp) -> Duration {
        max(.zero, now.advanced(by: offset).duration(to: time))
    }
}
