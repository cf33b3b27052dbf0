#if OAuth
import TesseraCore
import Testing

@testable import TesseraOAuth

@Suite struct RejectionGuardTests {
    private func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    /// Whether a refusal of a token that was just obtained renews it.
    private func admits(
        _ guarded: inout RejectionGuard, _ milliseconds: Int64, obtained: Int64? = nil, _ lifetime: Duration? = nil
    ) -> Bool {
        guarded.admits(now: instant(milliseconds), obtained: instant(obtained ?? milliseconds), lifetime: lifetime)
    }

    @Test(arguments: [
        (Duration?.none, Int64(5000)), (.seconds(3600), 5000), (.seconds(10), 5000), (.seconds(4), 2000),
        (.milliseconds(200), 100), (.milliseconds(20), 100), (.zero, 100),
    ])
    func `the first pause is half a life, within its bounds`(lifetime: Duration?, pause: Int64) {
        var guarded = RejectionGuard()
        #expect(admits(&guarded, 0, lifetime))
        var early = guarded
        #expect(!admits(&early, pause - 1, lifetime))
        #expect(admits(&guarded, pause, lifetime))
    }

    @Test func `tokens that serve nobody double the pause, up to five minutes`() {
        var guarded = RejectionGuard()
        var now: Int64 = 0
        for pause: Int64 in [5, 10, 20, 40, 80, 160, 300, 300, 300] {
            #expect(admits(&guarded, now))
            var early = guarded
            #expect(!admits(&early, now + pause * 1000 - 1))
            now += pause * 1000
        }
    }

    @Test(arguments: [(Duration?.none, Int64(60_000)), (.seconds(3600), 60_000), (.seconds(80), 20_000)])
    func `a token that was good for a while begins anew`(lifetime: Duration?, trial: Int64) {
        for (served, isFirst) in [(trial, true), (trial - 1, false)] {
            var guarded = RejectionGuard()
            #expect(admits(&guarded, 0, lifetime))
            #expect(admits(&guarded, 10_000 + served, obtained: 10_000, lifetime))
            // The pause is 5 s again, or 10 s.
            let end = 10_000 + served + 5000
            #expect(admits(&guarded, end, lifetime) == isFirst)
        }
    }

    @Test func `refused all through a pause, a token has served nobody however old it is`() {
        var guarded = RejectionGuard()
        #expect(admits(&guarded, 0, obtained: 0, nil))
        #expect(!admits(&guarded, 4999, obtained: -100_000, nil))
        #expect(admits(&guarded, 5000, obtained: -100_000, nil))
        #expect(!admits(&guarded, 10_001, obtained: 5000), "the pause was doubled")
    }

    @Test func `a clock that went back further than the longest pause opens`() {
        var guarded = RejectionGuard()
        #expect(admits(&guarded, 1_000_000))
        var near = guarded
        #expect(!admits(&near, 705_000))
        #expect(admits(&guarded, 704_999))
    }
}
#endif
