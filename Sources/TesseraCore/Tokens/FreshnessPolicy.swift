/// When a token is renewed before it expires: a pure function of its life, the time and a seed.
///
/// In the advisory window one caller renews in the background and all go on with the old token; in the mandatory window
/// all wait. Both are scaled to the token's life, so that a token of two seconds is not renewed all the time. The seed
/// belongs to a source and never changes: instances that obtained their tokens together renew them apart.
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

    /// How long before its expiry a token enters its windows.
    public struct Windows: Sendable, Hashable, Codable {
        /// From here on one caller renews.
        public var advisory: Duration
        /// From here on all wait.
        public var mandatory: Duration
    }

    /// The longest advisory window.
    public var longestAdvisory: Duration
    /// The longest mandatory window.
    public var longestMandatory: Duration

    /// The shortest advisory window that hides a machine's death in mid-renewal from the others, where the token's life
    /// allows it: its request's time and the pause after it.
    private static let leastAdvisory = Duration.seconds(120)
    /// A token that has more than its whole life before it has seen the clock go back.
    private static let clockTolerance = Duration.seconds(10)

    /// A policy with windows of a tenth and a twentieth of the token's life, at most the given lengths. Advisory windows
    /// below two minutes are a quarter of the life, at most two minutes.
    public init(longestAdvisory: Duration = .seconds(600), longestMandatory: Duration = .seconds(30)) {
        self.longestAdvisory = longestAdvisory
        self.longestMandatory = longestMandatory
    }

    /// The windows of a token that lives for `lifetime`; `seed` shortens the advisory one by up to a quarter.
    public func windows(lifetime: Duration, seed: UInt64 = 0) -> Windows {
        let mandatory = max(.zero, min(longestMandatory, lifetime.scaled(by: 1, over: 20)))
        let least = min(FreshnessPolicy.leastAdvisory, lifetime.scaled(by: 1, over: 4))
        let advisory = min(longestAdvisory, max(least, lifetime.scaled(by: 1, over: 10)))
        let jitter = (advisory - mandatory).scaled(by: Int64(seed >> 34), over: 1 << 32)
        return Windows(advisory: max(mandatory, advisory - jitter), mandatory: mandatory)
    }

    /// The state at `now` of a token with the given expiry. One without expiry is fresh until a resource refuses it.
    public func state(
        expiry: MonotonicInstant?, lifetime: Duration?, now: MonotonicInstant, seed: UInt64 = 0
    ) -> State {
        guard let expiry else { return .fresh }
        let remaining = now.duration(to: expiry)
        guard remaining > .zero else { return .stale }
        guard let lifetime, lifetime > .zero else { return .fresh }
        let windows = windows(lifetime: lifetime, seed: seed)
        if remaining <= windows.mandatory { return .stale }
        if remaining <= windows.advisory { return .aging }
        return remaining - lifetime > FreshnessPolicy.clockTolerance ? .aging : .fresh
    }

    /// The time in which ``state(expiry:lifetime:now:seed:)`` is ``State/fresh``, for a check that costs two comparisons.
    package func freshTime(
        expiry: MonotonicInstant?, lifetime: Duration?, seed: UInt64
    ) -> Range<MonotonicInstant> {
        let ever = MonotonicInstant(nanoseconds: .min)..<MonotonicInstant.distantFuture
        guard let expiry else { return ever }
        guard let lifetime, lifetime > .zero else { return ever.lowerBound..<max(ever.lowerBound, expiry) }
        let start = expiry.advanced(by: .zero - lifetime).advanced(by: .zero - FreshnessPolicy.clockTolerance)
        let end = expiry.advanced(by: .zero - windows(lifetime: lifetime, seed: seed).advisory)
        return start..<max(start, end)
    }
}
