#if OAuth
import TesseraCore
import Testing

@testable import TesseraOAuth

@Suite struct TokenFailurePolicyTests {
    private let policy = TokenFailurePolicy()

    private func failure(_ kind: TokenFailure.Kind = .temporary, retryAfter: Duration? = nil) -> TokenFailure {
        var details = TesseraError.Details()
        details.retryAfter = retryAfter
        return TokenFailure(TesseraError(.timeout, "no answer", details: details), kind: kind)
    }

    private func wait(
        _ failure: TokenFailure, count: Int = 1, remaining: Duration? = nil, random: UInt64 = 0
    ) -> Duration? {
        policy.wait(after: failure, count: count, remaining: remaining, random: random)
    }

    @Test func `waits are drawn from the upper half of a bound that doubles`() {
        let waits = (1...7).map { wait(failure(), count: $0) }
        #expect(waits == [500, 1000, 2000, 4000, 8000, 15_000, 15_000].map { Duration?.some(.milliseconds($0)) })
        #expect(wait(failure(), random: 1 << 63) == .milliseconds(750))
        let most = wait(failure(), random: .max)
        #expect(most.map { $0 < .seconds(1) && $0 > .milliseconds(999) } == true)
    }

    @Test(arguments: [
        (Int64(4000), Int64(150_000)), (1200, 150_000), (1196, 149_500), (40, 5000), (4, 500), (2, 500), (0, 500),
        (-8, 500),
    ])
    func `while a token serves, a quarter of what is left of it, at most five minutes`(remaining: Int64, wait: Int64) {
        #expect(self.wait(failure(), remaining: .seconds(remaining)) == .milliseconds(wait))
    }

    @Test func `a refusal waits a minute, or for another credential`() {
        #expect(wait(failure(.refused(recoversByItself: true))) == .seconds(30))
        #expect(wait(failure(.refused(recoversByItself: false))) == nil)
    }

    @Test func `what the server asks for counts, up to an hour`() {
        #expect(wait(failure(retryAfter: .seconds(90))) == .seconds(90))
        #expect(wait(failure(retryAfter: .milliseconds(100))) == .milliseconds(500))
        #expect(wait(failure(retryAfter: .seconds(3600))) == .seconds(3600))
        #expect(wait(failure(retryAfter: .seconds(7200))) == .seconds(3600))
        #expect(wait(failure(retryAfter: .seconds(-5))) == .milliseconds(500))
        #expect(wait(failure(.refused(recoversByItself: true), retryAfter: .seconds(90))) == .seconds(90))
        #expect(wait(failure(.refused(recoversByItself: true), retryAfter: .seconds(9))) == .seconds(30))
    }
}
#endif
