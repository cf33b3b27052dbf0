/// When a token is renewed before it expires: a pure function of its life and the time.
///
/// In the advisory window one caller renews in the background and all go on with the old token; in the mandatory window
/// all wait. Both are scaled to the token's life, so that a token of two seconds is not renewed all the time.
public struct FreshnessPolicy: Sendable, Hashable {
    /// What a token is good for.
    public enum State: Sendable, Hashable, Codable {
        /// Used as it is.
        case fresh
        /// Used, while a new one is obtained.
        case aging
        /// Not used any more.
        case stale
    }

    /// The longest advisory window.
    public var longestAdvisory: Duration
    /// The longest mandatory window.
    public var longestMandatory: Duration

    /// A policy with windows of a tenth and a twentieth of the token's life, at most the given lengths.
    public init(longestAdvisory: Duration = .seconds(300), longestMandatory: Duration = .seconds(30)) {
        self.longestAdvisory = longestAdvisory
        self.longestMandatory = longestMandatory
    }

    /// The state at `now` of a token with the given expiry. One without expiry is fresh until a resource refuses it.
    public func state(expiry: MonotonicInstant?, lifetime: Duration?, now: MonotonicInstant) -> State {
        guard let expiry else { return .fresh }
        let remaining = now.duration(to: expiry)
        guard remaining > .zero else { return .stale }
        guard let lifetime else { return .fresh }
        if remaining <= min(longestMandatory, lifetime.scaled(by: 1, over: 20)) { return .stale }
        if remaining <= min(longestAdvisory, lifetime.scaled(by: 1, over: 10)) { return .aging }
        return .fresh
    }
}
