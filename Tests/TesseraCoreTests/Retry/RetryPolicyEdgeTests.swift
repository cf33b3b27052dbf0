import HTTPTypes
import Testing

@testable import TesseraCore

/// The edges that a small change of the policy would move.
@Suite struct RetryPolicyEdgeTests {
    @Test func `the defaults are those of the table`() {
        let policy = RetryPolicy.standard
        #expect(policy.attempts == 3 && RetryPolicy.never.attempts == 1)
        #expect(policy.statuses == [408, 429, 500, 502, 503, 504])
        #expect(policy.respectsRetryAfter && policy.longestRetryAfter == .seconds(60))
        #expect(
            policy.backoff == Backoff(initial: .milliseconds(200), factor: 2, longest: .seconds(20), isJittered: true))
    }

    @Test func `two attempts are one retry, and then they are used up`() {
        let policy = RetryPolicy(attempts: 2, backoff: Backoff(initial: .seconds(1), isJittered: false))
        let first = AttemptSummary(attempt: 1, method: .get, result: .status(503))
        let second = AttemptSummary(attempt: 2, method: .get, result: .status(503))
        #expect(policy.decide(first, random: 0) == .retry(after: .seconds(1), .status(503), .backoff))
        #expect(policy.decide(second, random: 0) == .stop(.attemptsExhausted))
    }

    @Test func `a wait of nothing stays nothing, a factor below one does not shrink it`() {
        #expect(Backoff(initial: .zero, isJittered: false).wait(before: 1, random: .max) == .zero)
        #expect(Backoff(initial: .nanoseconds(1)).wait(before: 1, random: 0) == .zero)
        for factor in [-3, 0, 1] {
            let backoff = Backoff(initial: .seconds(1), factor: factor, isJittered: false)
            #expect([1, 2, 5].map { backoff.wait(before: $0, random: 0) } == [.seconds(1), .seconds(1), .seconds(1)])
        }
    }

    @Test func `the bound doubles as long as 64 bits hold it`() {
        let backoff = Backoff(
            initial: .nanoseconds(1), factor: 2, longest: .nanoseconds(Int64.max), isJittered: false)
        #expect(backoff.wait(before: 63, random: 0) == .nanoseconds(Int64(1) << 62))
        #expect(backoff.wait(before: 64, random: 0) == .nanoseconds(Int64.max))
    }

    @Test func `a kind of retry that is used up ends the call, another kind goes on`() {
        let policy = RetryPolicy(limits: RetryLimits(status: 1))
        var answer = AttemptSummary(attempt: 1, method: .get, result: .status(503))
        guard case .retry = policy.decide(answer, random: 0) else {
            Issue.record("the first is not allowed")
            return
        }
        answer.tally.status = 1
        #expect(policy.decide(answer, random: 0) == .stop(.kindExhausted))
        answer.result = .failure(.unreachable, .connect, .nothingSent)
        guard case .retry = policy.decide(answer, random: 0) else {
            Issue.record("another kind is not allowed")
            return
        }
    }

    @Test func `counts at the end of their range make a first wait, not a crash`() {
        let policy = RetryPolicy(backoff: Backoff(initial: .seconds(1), isJittered: false))
        var summary = AttemptSummary(attempt: .min, method: .get, result: .status(503))
        summary.tally.beforeRedirect = 1
        #expect(policy.decide(summary, random: 0) == .retry(after: .seconds(1), .status(503), .backoff))
    }

    @Test func `a bad answer is an error unless the policy delivers the last one`() {
        #expect(!RetryPolicy().deliversLastAnswer)
    }
}
