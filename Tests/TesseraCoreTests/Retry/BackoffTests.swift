import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Backoff")
struct BackoffTests {
    @Test("without jitter the bounds double up to the longest")
    func bounds() {
        let backoff = Backoff(initial: .milliseconds(200), factor: 2, longest: .seconds(3), isJittered: false)
        let waits = (1...7).map { backoff.wait(before: $0, random: .max) }
        #expect(waits == [200, 400, 800, 1600, 3000, 3000, 3000].map { Duration.milliseconds($0) })
    }

    @Test("full jitter: the random word's share of the bound, never the bound itself")
    func jitter() {
        let backoff = Backoff(initial: .seconds(1), factor: 2, longest: .seconds(20))
        #expect(backoff.wait(before: 1, random: 0) == .zero)
        #expect(backoff.wait(before: 1, random: 1 << 63) == .milliseconds(500))
        #expect(backoff.wait(before: 3, random: 1 << 62) == .seconds(1))
        #expect(backoff.wait(before: 99, random: .max) < .seconds(20))
        #expect(backoff.wait(before: 99, random: .max) > .seconds(19))
    }

    @Test(
        "extreme settings stay between zero and the longest",
        arguments: [
            (Duration.seconds(Int64.max), Int.max, Duration.seconds(Int64.max)), (.zero, 2, .seconds(1)),
            (.seconds(-5), 2, .seconds(1)), (.seconds(5), 2, .seconds(-1)), (.seconds(5), 0, .seconds(60)),
            (.seconds(5), -3, .seconds(60)), (.nanoseconds(1), Int.max, .seconds(60)), (.seconds(90), 2, .seconds(1)),
            (.seconds(1), 1, .seconds(60)),
        ])
    func extremes(initial: Duration, factor: Int, longest: Duration) {
        for isJittered in [true, false] {
            let backoff = Backoff(initial: initial, factor: factor, longest: longest, isJittered: isJittered)
            for attempt in [-1, 0, 1, 2, 3, 64, 65, 1000, Int.max] {
                for random in [UInt64.min, 1, 1 << 63, .max] {
                    let wait = backoff.wait(before: attempt, random: random)
                    #expect(wait >= .zero && wait <= max(.zero, longest))
                }
            }
        }
    }

    @Test("jittered waits never exceed the bound without jitter, and the bounds never shrink (2,000 random cases)")
    func property() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<2000 {
            var backoff = Backoff(
                initial: .nanoseconds(Int64.random(in: 0...10_000_000_000, using: &random)),
                factor: Int.random(in: 1...10, using: &random),
                longest: .nanoseconds(Int64.random(in: 0...100_000_000_000, using: &random)))
            let attempt = Int.random(in: 1...40, using: &random)
            let wait = backoff.wait(before: attempt, random: random.next())
            backoff.isJittered = false
            let bound = backoff.wait(before: attempt, random: 0)
            #expect(wait <= bound, "seed \(seed)")
            #expect(bound <= backoff.wait(before: attempt + 1, random: 0), "seed \(seed)")
            #expect(bound <= backoff.longest, "seed \(seed)")
        }
    }
}
