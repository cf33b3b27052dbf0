import Testing

@testable import TesseraCore

@Suite("FreshnessPolicy")
struct FreshnessPolicyTests {
    private static let now = MonotonicInstant(nanoseconds: 0)
    private static let lives = [1, 2, 10, 59, 60, 299, 600, 1200, 3600, 7200, 86_400, 31_536_000]

    @Test(
        "windows are a tenth and a twentieth of the life, within their bounds",
        arguments: [
            (3600, 361, FreshnessPolicy.State.fresh), (3600, 360, .aging), (3600, 31, .aging), (3600, 30, .stale),
            (3600, 1, .stale), (3600, 0, .stale), (3600, -5, .stale), (60, 16, .fresh), (60, 15, .aging),
            (60, 4, .aging), (60, 3, .stale), (600, 121, .fresh), (600, 120, .aging), (1200, 120, .aging),
            (100_000, 601, .fresh), (100_000, 600, .aging), (0, 5, .fresh), (-7, 5, .fresh), (Int.max, 5, .stale),
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

    @Test("as time passes a token only ages", arguments: lives.prefix(11))
    func monotonic(lifetime: Int) {
        let order: [FreshnessPolicy.State] = [.fresh, .aging, .stale]
        let expiry = Self.now.advanced(by: .seconds(lifetime))
        let ranks = stride(from: 0, through: lifetime * 1000, by: max(1, lifetime)).map { elapsed in
            let state = FreshnessPolicy().state(
                expiry: expiry, lifetime: .seconds(lifetime), now: Self.now.advanced(by: .milliseconds(elapsed)))
            return order.firstIndex(of: state) ?? 0
        }
        #expect(ranks == ranks.sorted() && ranks.first == 0 && ranks.last == 2)
    }

    @Test("a machine's death in mid-renewal is hidden from the others by tokens of ten minutes and more")
    func hidesDeath() {
        for lifetime in Self.lives where lifetime >= 600 {
            #expect(FreshnessPolicy().windows(lifetime: .seconds(lifetime)).advisory >= .seconds(120))
        }
    }

    @Test("the seed shortens the advisory window by less than a quarter, the same way each time", arguments: lives)
    func jitter(lifetime: Int) {
        let policy = FreshnessPolicy()
        let plain = policy.windows(lifetime: .seconds(lifetime))
        var starts: Set<Duration> = []
        for step in UInt64(0)...64 {
            let seed = step &* (.max / 64)
            let windows = policy.windows(lifetime: .seconds(lifetime), seed: seed)
            #expect(windows == policy.windows(lifetime: .seconds(lifetime), seed: seed))
            #expect(windows.mandatory == plain.mandatory)
            #expect(windows.advisory <= plain.advisory)
            #expect(windows.advisory >= plain.mandatory + (plain.advisory - plain.mandatory) * 74 / 100)
            starts.insert(windows.advisory)
        }
        #expect(starts.count > 60)
    }

    @Test("two comparisons agree with the policy at every edge", arguments: lives)
    func freshTime(lifetime: Int) {
        let policy = FreshnessPolicy()
        let life = Duration.seconds(lifetime)
        for seed in [UInt64(0), 1 << 40, .max / 3, .max] {
            let expiry = Self.now.advanced(by: life)
            let range = policy.freshTime(expiry: expiry, lifetime: life, seed: seed)
            let edges = [range.lowerBound, range.upperBound, Self.now, expiry]
            for edge in edges {
                for step in [-2, -1, 0, 1, 2] {
                    let now = edge.advanced(by: .nanoseconds(step))
                    guard now != range.lowerBound else { continue }
                    let state = policy.state(expiry: expiry, lifetime: life, now: now, seed: seed)
                    #expect(range.contains(now) == (state == .fresh), "\(now)")
                }
            }
        }
        #expect(policy.freshTime(expiry: nil, lifetime: nil, seed: 0).contains(Self.now))
    }

    @Test("a clock that went back ages a token, and does not make it fresh for ever")
    func clockBack() {
        let expiry = Self.now.advanced(by: .seconds(3600))
        let state = FreshnessPolicy().state(
            expiry: expiry, lifetime: .seconds(3600), now: Self.now.advanced(by: .seconds(-11)))
        #expect(state == .aging)
    }
}
