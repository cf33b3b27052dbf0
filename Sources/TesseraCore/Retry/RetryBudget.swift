/// How much of what is sent to an origin may be retries: a bucket of tokens that retries take from. The third of a
/// ``RetryPolicy``'s three pieces.
///
/// All calls of a session, and of those derived from it, share the bucket of an origin. An empty one means that too much
/// fails there: the failure is delivered instead of adding load.
public struct RetryBudget: Sendable, Hashable {
    /// The tokens of a full bucket; it begins full.
    public var capacity: Int
    /// What a retry takes.
    public var cost: Int
    /// What a retry after a timeout takes.
    public var timeoutCost: Int
    /// What a failure takes, followed by a retry or not.
    public var failureCost: Int
    /// What a call gives that succeeded at its first attempt. (After a retry it gives back what that took.)
    public var gain: Int
    /// What a second gives.
    public var refillPerSecond: Int
    /// Retries need more tokens than this.
    public var floor: Int

    /// A bucket of the given numbers.
    public init(
        capacity: Int, cost: Int = 1, timeoutCost: Int? = nil, failureCost: Int = 0, gain: Int = 0,
        refillPerSecond: Int = 0, floor: Int = 0
    ) {
        self.capacity = capacity
        self.cost = cost
        self.timeoutCost = timeoutCost ?? cost
        self.failureCost = failureCost
        self.gain = gain
        self.refillPerSecond = refillPerSecond
        self.floor = floor
    }

    /// A hundred retries that fail at a stretch, and one a second afterwards. Retries that succeed cost nothing.
    public static let standard = RetryBudget(capacity: 500, cost: 5, timeoutCost: 10, refillPerSecond: 5)

    /// The quota of the AWS SDKs: 500, 5 for a retry, 10 after a timeout, 1 back for a success.
    public static let aws = RetryBudget(capacity: 500, cost: 5, timeoutCost: 10, gain: 1)

    /// gRPC's retry throttling (A6), in thousandths of its tokens: a failure takes one, a success gives `ratio`
    /// thousandths, and there are retries only while more than half is left.
    public static func grpc(tokens: Int = 10, ratioInThousandths ratio: Int = 100) -> RetryBudget {
        let tokens = max(1, min(1000, tokens))
        return RetryBudget(
            capacity: tokens * 1000, cost: 0, failureCost: 1000, gain: max(0, ratio), floor: tokens * 500)
    }

    /// Retries that add at most `percent` to the load, and a minimum a second for those who send little; the shape of
    /// Finagle's and tower's budgets. What is saved up lasts ten seconds' minimum.
    public static func share(percent: Int, minimumPerSecond: Int = 10) -> RetryBudget {
        let minimum = max(0, min(1_000_000, minimumPerSecond))
        return RetryBudget(
            capacity: max(100, minimum * 1000), cost: 100, gain: max(0, min(1000, percent)),
            refillPerSecond: minimum * 100)
    }

    func cost(of result: AttemptSummary.Result) -> Int {
        if case .failure(.timeout, _, _) = result { timeoutCost } else { cost }
    }
}

/// The bucket of one origin. A value; time is handed in.
struct RetryBudgetState: Sendable, Equatable {
    private(set) var tokens: Int
    private var refilled: MonotonicInstant

    init(_ budget: RetryBudget, now: MonotonicInstant) {
        tokens = max(0, budget.capacity)
        refilled = now
    }

    /// Takes the cost of a retry, if there is as much.
    mutating func withdraw(_ cost: Int, _ budget: RetryBudget, now: MonotonicInstant) -> Bool {
        refill(budget, now: now)
        guard tokens > budget.floor, tokens >= cost else { return false }
        tokens -= max(0, cost)
        return true
    }

    mutating func failed(_ budget: RetryBudget, now: MonotonicInstant) {
        refill(budget, now: now)
        tokens = max(0, tokens - max(0, budget.failureCost))
    }

    /// - Parameter cost: What the call's last retry took; nil when it made none.
    mutating func succeeded(returning cost: Int?, _ budget: RetryBudget, now: MonotonicInstant) {
        refill(budget, now: now)
        let (sum, overflow) = tokens.addingReportingOverflow(max(0, cost ?? budget.gain))
        tokens = overflow ? budget.capacity : min(budget.capacity, sum)
    }

    private mutating func refill(_ budget: RetryBudget, now: MonotonicInstant) {
        guard budget.refillPerSecond > 0, now > refilled, tokens < budget.capacity else {
            // A full bucket saves nothing up.
            if tokens >= budget.capacity { refilled = max(refilled, now) }
            return
        }
        let gained = refilled.duration(to: now).scaled(by: Int64(budget.refillPerSecond), over: 1_000_000_000)
        let whole = gained.clampedNanoseconds
        guard whole > 0 else { return }
        let (sum, overflow) = tokens.addingReportingOverflow(Int(clamping: whole))
        tokens = overflow ? budget.capacity : min(budget.capacity, sum)
        // What the whole tokens took; the rest of the time counts for the next.
        refilled = refilled.advanced(
            by: .nanoseconds(whole).scaled(by: 1_000_000_000, over: Int64(budget.refillPerSecond)))
    }
}
