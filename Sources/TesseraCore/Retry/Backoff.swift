/// Waits that grow from attempt to attempt.
public struct Backoff: Sendable, Hashable {
    /// What chance adds to, or takes from, a wait.
    public enum Jitter: Sendable, Hashable {
        /// Nothing: the wait is its bound.
        case none
        /// The wait is drawn from zero to its bound ("full jitter").
        case full
        /// Something from zero to this is added; the sum stays within the longest wait.
        case added(upTo: Duration)
    }

    /// The bound of the first wait.
    public var initial: Duration
    /// The factor from one bound to the next.
    public var factor: Int
    /// The largest bound.
    public var longest: Duration
    /// What chance does.
    public var jitter: Jitter
    /// Whether the first wait is none at all, and the second the second bound, as in urllib3.
    public var beginsAtOnce: Bool

    /// Waits of the given shape.
    public init(
        initial: Duration = .milliseconds(200), factor: Int = 2, longest: Duration = .seconds(20),
        isJittered: Bool = true
    ) {
        self.init(
            initial: initial, factor: factor, longest: longest, jitter: isJittered ? .full : .none)
    }

    /// Waits of the given shape, with the kind of jitter named.
    public init(
        initial: Duration = .milliseconds(200), factor: Int = 2, longest: Duration = .seconds(20),
        jitter: Jitter, beginsAtOnce: Bool = false
    ) {
        self.initial = initial
        self.factor = factor
        self.longest = longest
        self.jitter = jitter
        self.beginsAtOnce = beginsAtOnce
    }

    /// Whether each wait is drawn from 0 to its bound, or is the bound itself.
    public var isJittered: Bool {
        get { jitter == .full }
        set { jitter = newValue ? .full : .none }
    }

    /// The wait after attempt `attempt`, counted from 1.
    public func wait(before attempt: Int, random: UInt64) -> Duration {
        if beginsAtOnce, attempt <= 1 { return .zero }
        let cap = max(0, longest.clampedNanoseconds)
        let bound = bound(of: attempt, cap: cap)
        switch jitter {
        case .none: return .nanoseconds(bound)
        case .full: return .nanoseconds(Backoff.share(of: bound, random))
        case .added(let most):
            let added = Backoff.share(of: max(0, most.clampedNanoseconds), random)
            let (sum, overflow) = bound.addingReportingOverflow(added)
            return .nanoseconds(overflow ? cap : min(cap, sum))
        }
    }

    /// The longest that the wait after attempt `attempt` can be.
    public func longestWait(before attempt: Int) -> Duration {
        wait(before: attempt, random: .max)
    }

    private func bound(of attempt: Int, cap: Int64) -> Int64 {
        var bound = min(cap, max(0, initial.clampedNanoseconds))
        for _ in 1..<max(1, min(64, attempt)) where bound < cap {
            let (next, overflow) = bound.multipliedReportingOverflow(by: Int64(max(1, factor)))
            bound = overflow ? cap : min(cap, next)
        }
        return bound
    }

    private static func share(of bound: Int64, _ random: UInt64) -> Int64 {
        guard bound > 0 else { return 0 }
        return Int64(UInt64(bound).multipliedFullWidth(by: random).high)
    }
}
