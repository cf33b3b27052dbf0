import Testing

@testable import TesseraCore

@Suite("FreshnessPolicy")
struct FreshnessPolicyTests {
    private static let now = MonotonicInstant(nanoseconds: 0)

    @Test(
        "windows are a tenth and a twentieth of the life, at most five minutes and thirty seconds",
        arguments: [
            (3600, 301, FreshnessPolicy.State.fresh), (3600, 300, .aging), (3600, 31, .aging), (3600, 30, .stale),
            (3600, 1, .stale), (3600, 0, .stale), (3600, -5, .stale), (60, 7, .fresh), (60, 6, .aging), (60, 4, .aging),
            (60, 3, .stale), (100_000, 3600, .fresh), (0, 5, .fresh), (-7, 5, .fresh), (Int.max, 5, .stale),
        ])
    func windows(lifetime: Int, remaining: Int, expected: FreshnessPolicy.State) {
        let state = FreshnessPolicy().state(
            expiry: Self.now.advanced(by: .seconds(remaining)), lifetime: .seconds(lifetime), now: Self.now)
        #expect(state == expected)
    }

    @Test("a token without expiry is fresh, one without a known life until it expires")
    func unknown() {
        let policy = FreshnessPolicy()
        #expect(policy.state(expiry: nil, lifetime: nil, now: .distantFuture) == .fresh)
        let expiry = Self.now.advanced(by: .seconds(1))
        #expect(policy.state(expiry: expiry, lifetime: nil, now: Self.now) == .fresh)
        #expect(policy.state(expiry: expiry, lifetime: nil, now: expiry) == .stale)
        #expect(policy.state(expiry: .init(nanoseconds: .min), lifetime: .zero, now: .distantFuture) == .stale)
    }

    @Test("as time passes a token only ages")
    func monotonic() {
        let order: [FreshnessPolicy.State] = [.fresh, .aging, .stale]
        for lifetime in [1, 2, 10, 59, 60, 600, 3600, 86_400] {
            let expiry = Self.now.advanced(by: .seconds(lifetime))
            let ranks = stride(from: 0, through: lifetime * 1000, by: max(1, lifetime)).map { elapsed in
                let state = FreshnessPolicy().state(
                    expiry: expiry, lifetime: .seconds(lifetime), now: Self.now.advanced(by: .milliseconds(elapsed)))
                return order.firstIndex(of: state) ?? 0
            }
            #expect(ranks == ranks.sorted() && ranks.first == 0 && ranks.last == 2)
        }
    }
}
