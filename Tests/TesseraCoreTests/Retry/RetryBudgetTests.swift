import Testing

@testable import TesseraCore

@Suite("RetryBudget")
struct RetryBudgetTests {
    private static let start = MonotonicInstant(nanoseconds: 0)

    private static func at(_ seconds: Int64) -> MonotonicInstant { start.advanced(by: .seconds(seconds)) }

    @Test("the AWS sequence: retry, timeout retry, success after retry, success, failure")
    func aws() {
        let budget = RetryBudget.aws
        var bucket = RetryBudgetState(budget, now: Self.start)
        var tokens: [Int] = []
        #expect(bucket.withdraw(budget.cost(of: .status(503)), budget, now: Self.start) == true)
        tokens.append(bucket.tokens)
        let timeout = AttemptSummary.Result.failure(.timeout, .head, .sent(bytes: nil))
        #expect(bucket.withdraw(budget.cost(of: timeout), budget, now: Self.start) == true)
        tokens.append(bucket.tokens)
        bucket.succeeded(returning: 5, budget, now: Self.start)
        tokens.append(bucket.tokens)
        bucket.succeeded(returning: nil, budget, now: Self.start)
        tokens.append(bucket.tokens)
        bucket.failed(budget, now: Self.start)
        tokens.append(bucket.tokens)
        #expect(tokens == [495, 485, 490, 491, 491])
    }

    @Test("100 plain retries empty the AWS quota; it is never more than full")
    func awsEmpty() {
        let budget = RetryBudget.aws
        var bucket = RetryBudgetState(budget, now: Self.start)
        bucket.succeeded(returning: nil, budget, now: Self.start)
        #expect(bucket.tokens == 500)
        for _ in 0..<100 { #expect(bucket.withdraw(budget.cost, budget, now: Self.start) == true) }
        #expect(bucket.withdraw(budget.cost, budget, now: Self.at(3600)) == false)
    }

    @Test("gRPC throttling (A6): retries only while more than half of the tokens is left")
    func grpc() {
        let budget = RetryBudget.grpc(tokens: 10, ratioInThousandths: 100)
        var bucket = RetryBudgetState(budget, now: Self.start)
        for failure in 1...4 {
            bucket.failed(budget, now: Self.start)
            #expect(bucket.withdraw(budget.cost, budget, now: Self.start) == true, "failure \(failure)")
        }
        bucket.failed(budget, now: Self.start)
        #expect(bucket.tokens == 5000)
        #expect(bucket.withdraw(budget.cost, budget, now: Self.start) == false)
        bucket.succeeded(returning: nil, budget, now: Self.start)
        #expect(bucket.tokens == 5100)
        #expect(bucket.withdraw(budget.cost, budget, now: Self.start) == true)
    }

    @Test("a share of the calls: five calls pay for one retry at twenty percent")
    func share() {
        let budget = RetryBudget.share(percent: 20, minimumPerSecond: 0)
        var bucket = RetryBudgetState(budget, now: Self.start)
        while bucket.withdraw(budget.cost, budget, now: Self.start) {}
        for _ in 0..<4 { bucket.succeeded(returning: nil, budget, now: Self.start) }
        #expect(bucket.withdraw(budget.cost, budget, now: Self.start) == false)
        bucket.succeeded(returning: nil, budget, now: Self.start)
        #expect(bucket.withdraw(budget.cost, budget, now: Self.start) == true)
        #expect(bucket.withdraw(budget.cost, budget, now: Self.start) == false)
    }

    @Test("refills with time, to the token, however often it is asked meanwhile")
    func refill() {
        let budget = RetryBudget(capacity: 10, cost: 1, refillPerSecond: 3)
        for steps in [1, 7, 1000] {
            var bucket = RetryBudgetState(budget, now: Self.start)
            for _ in 0..<10 { #expect(bucket.withdraw(1, budget, now: Self.start) == true) }
            for step in 1...steps {
                let now = MonotonicInstant(nanoseconds: 2_000_000_001 * Int64(step) / Int64(steps))
                bucket.failed(budget, now: now)
            }
            #expect(bucket.tokens == 6, "\(steps) steps")
        }
    }

    @Test("extreme numbers neither trap nor go below zero or above the capacity")
    func extremes() {
        for budget in [
            RetryBudget(capacity: .max, cost: .max, failureCost: .max, gain: .max, refillPerSecond: .max),
            RetryBudget(capacity: .min, cost: .min, failureCost: .min, gain: .min, refillPerSecond: .min, floor: .min),
            RetryBudget(capacity: 0), .share(percent: .max, minimumPerSecond: .max), .grpc(tokens: .max),
        ] {
            var bucket = RetryBudgetState(budget, now: Self.start)
            for now in [Self.start, Self.at(1), .distantFuture, MonotonicInstant(nanoseconds: .min)] {
                _ = bucket.withdraw(budget.cost, budget, now: now)
                bucket.failed(budget, now: now)
                bucket.succeeded(returning: nil, budget, now: now)
                #expect(bucket.tokens >= 0 || budget.capacity < 0)
                #expect(bucket.tokens <= max(0, budget.capacity))
            }
        }
    }
}
