import Testing

@testable import TesseraCore

/// The edges that a small change of the policy would move.
@Suite struct FreshnessPolicyEdgeTests {
    private static let now = MonotonicInstant(nanoseconds: 0)

    @Test func `the seed takes an exact share of the window`() {
        let policy = FreshnessPolicy()
        let advisory = { (seed: UInt64) in policy.windows(lifetime: .seconds(3600), seed: seed).advisory }
        #expect(advisory(0) == .seconds(360) && advisory(1 << 33) == .seconds(360))
        // Half of the quarter of the 330 s between the windows.
        #expect(advisory(1 << 63) == .milliseconds(318_750))
        #expect(advisory(.max) > .milliseconds(277_500) && advisory(.max) < .milliseconds(277_501))
    }

    @Test func `windows of one's own stay in order, and are never negative`() {
        let short = FreshnessPolicy(longestAdvisory: .seconds(1)).windows(lifetime: .seconds(3600), seed: .max)
        #expect(short.mandatory == .seconds(30) && short.advisory >= .seconds(30))
        let plain = FreshnessPolicy(longestAdvisory: .seconds(1)).windows(lifetime: .seconds(3600))
        #expect(plain.advisory == .seconds(30))
        let negative = FreshnessPolicy(longestMandatory: .seconds(-5)).windows(lifetime: .seconds(3600))
        #expect(negative.mandatory == .zero && negative.advisory == .seconds(360))
    }

    @Test(arguments: [(5, 0, FreshnessPolicy.State.fresh), (10, 0, .fresh), (10, 1, .aging), (11, 0, .aging)])
    func `a clock that went back ten seconds is tolerated, a nanosecond more is not`(
        seconds: Int, nanoseconds: Int, expected: FreshnessPolicy.State
    ) {
        let state = FreshnessPolicy().state(
            expiry: Self.now.advanced(by: .seconds(3600)), lifetime: .seconds(3600),
            now: Self.now.advanced(by: .seconds(-seconds) - .nanoseconds(nanoseconds)))
        #expect(state == expected)
    }

    @Test func `without a known life a token is fresh until it expires, whatever the clock did`() {
        let expiry = Self.now.advanced(by: .seconds(100))
        for lifetime in [Duration?.none, .zero, .seconds(-1)] {
            let range = FreshnessPolicy().freshTime(expiry: expiry, lifetime: lifetime, seed: 0)
            #expect(range == MonotonicInstant(nanoseconds: .min)..<expiry)
        }
        let life = FreshnessPolicy().freshTime(expiry: expiry, lifetime: .seconds(100), seed: 0)
        #expect(life == Self.now.advanced(by: .seconds(-10))..<Self.now.advanced(by: .seconds(75)))
    }

    @Test(arguments: [
        (100, Int64(25_000), Int64(5000)), (10, 2500, 500), (480, 120_000, 24_000), (3600, 360_000, 30_000),
        (36_000, 600_000, 30_000),
    ])
    func `the windows are an exact share of the life`(life: Int, advisory: Int64, mandatory: Int64) {
        let windows = FreshnessPolicy().windows(lifetime: .seconds(life))
        #expect(windows.advisory == .milliseconds(advisory))
        #expect(windows.mandatory == .milliseconds(mandatory))
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(-1_000_000)])
    func `a life of nothing, or less, tells nothing: the expiry decides`(lifetime: Duration) {
        let state = { (rest: Duration) in
            FreshnessPolicy().state(expiry: Self.now.advanced(by: rest), lifetime: lifetime, now: Self.now)
        }
        #expect([state(.seconds(100)), state(.nanoseconds(1)), state(.zero)] == [.fresh, .fresh, .stale])
    }

    @Test func `the longest lives there are do not end the process`() {
        let far = MonotonicInstant.distantFuture
        for lifetime in [Duration.nanoseconds(Int64.max), .seconds(Int64.max)] {
            #expect(FreshnessPolicy().state(expiry: far, lifetime: lifetime, now: Self.now) == .fresh)
            let fresh = FreshnessPolicy().freshTime(expiry: far, lifetime: lifetime, seed: 0)
            #expect(fresh.contains(Self.now))
        }
    }
}
