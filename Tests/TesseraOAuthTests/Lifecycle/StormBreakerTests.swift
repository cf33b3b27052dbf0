#if OAuth
import TesseraCore
import Testing

@testable import TesseraOAuth

@Suite struct StormBreakerTests {
    private func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test(arguments: [
        (Duration?.none, Duration.seconds(6)), (.zero, .milliseconds(250)), (.seconds(1), .milliseconds(250)),
        (.seconds(2), .milliseconds(500)), (.seconds(8), .seconds(2)), (.seconds(24), .seconds(6)),
        (.seconds(3600), .seconds(6)),
    ])
    func `the interval is a quarter of the tokens' life, within its bounds`(lifetime: Duration?, interval: Duration) {
        #expect(StormBreaker.interval(lifetime: lifetime) == interval)
    }

    @Test func `the burst is at least one and at most a million`() {
        #expect([0, 1, 20, 1_000_000, .max].map { StormBreaker(burst: $0).burst } == [1, 1, 20, 1_000_000, 1_000_000])
        #expect(StormBreaker().burst == 20)
    }

    @Test func `so many at once, then one an interval, to the nanosecond`() {
        var breaker = StormBreaker(burst: 3)
        let interval = Duration.seconds(2)
        for _ in 0..<3 {
            #expect(breaker.wait(now: instant(0), interval: interval) == .zero)
            breaker.count(now: instant(0), interval: interval)
        }
        #expect(breaker.wait(now: instant(0), interval: interval) == .seconds(2) + .nanoseconds(1))
        #expect(breaker.wait(now: instant(1000), interval: interval) == .seconds(1) + .nanoseconds(1))
        #expect(breaker.wait(now: instant(2000), interval: interval) == .zero)
        // More than the burst is not remembered.
        for _ in 0..<9 { breaker.count(now: instant(0), interval: interval) }
        #expect(breaker.wait(now: instant(0), interval: interval) == .seconds(2) + .nanoseconds(1))
        breaker.count(now: instant(2000), interval: interval)
        #expect(breaker.wait(now: instant(2000), interval: interval) == .seconds(2) + .nanoseconds(1))
        #expect(breaker.wait(now: instant(60_000), interval: interval) == .zero)
    }

    @Test func `an empty bucket is empty, and a clock that went back lets one pass`() {
        var breaker = StormBreaker(burst: 1)
        breaker.count(now: instant(1000), interval: .seconds(2))
        #expect(breaker.wait(now: instant(999), interval: .seconds(2)) == .zero)
        #expect(breaker.wait(now: instant(1000), interval: .seconds(2)) == .seconds(2) + .nanoseconds(1))
        #expect(breaker.wait(now: instant(11_000), interval: .seconds(2)) == .zero)
    }

    @Test func `an interval of nothing, or less, makes nobody wait longer than a moment`() {
        var breaker = StormBreaker(burst: 1)
        breaker.count(now: instant(0), interval: .seconds(2))
        #expect(breaker.wait(now: MonotonicInstant(nanoseconds: 1), interval: .zero) == .zero)
        #expect(breaker.wait(now: instant(0), interval: .seconds(-1)) == .nanoseconds(1))
    }

    @Test func `half an interval later half of it is left, and in its last moment a moment`() {
        var breaker = StormBreaker(burst: 1)
        breaker.count(now: instant(0), interval: .seconds(6))
        #expect(breaker.wait(now: instant(3000), interval: .seconds(6)) == .seconds(3) + .nanoseconds(1))
        var short = StormBreaker(burst: 1)
        short.count(now: instant(0), interval: .seconds(1))
        let last = MonotonicInstant(nanoseconds: 999_999_999)
        #expect(short.wait(now: last, interval: .seconds(1)) == .nanoseconds(2))
    }

    @Test func `a request after the clock went back counts as one, not as more`() {
        var breaker = StormBreaker(burst: 3)
        breaker.count(now: instant(1000), interval: .seconds(2))
        breaker.count(now: instant(0), interval: .seconds(2))
        #expect(breaker.wait(now: instant(0), interval: .seconds(2)) == .zero)
        breaker.count(now: instant(0), interval: .seconds(2))
        #expect(breaker.wait(now: instant(0), interval: .seconds(2)) == .seconds(2) + .nanoseconds(1))
    }
}
#endif
