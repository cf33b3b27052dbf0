#if Secrets
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Secret cache` {
    private let old = SecretValue(Secret.fixture("the-old-secret"), version: "1")
    private let new = SecretValue(Secret.fixture("the-new-secret"), version: "2")
    private let down = TesseraError(.connection, "down")
    private let gone = TesseraError(.secretUnavailable, "gone")

    /// The machine, which `#expect` cannot change in place.
    private final class Bench {
        var machine = SecretCacheStateMachine(policy: SecretCachePolicy())

        func at(_ seconds: Int64) -> MonotonicInstant {
            MonotonicInstant(nanoseconds: 0).advanced(by: .seconds(seconds))
        }

        func ask(_ second: Int64) -> String { text(machine.ask(now: at(second))) }
        func ask(after rejected: Secret, _ second: Int64) -> String {
            text(machine.ask(after: rejected, now: at(second)))
        }

        /// The flight that is under way after somebody asked.
        func start(_ second: Int64) throws -> UInt64 {
            _ = machine.ask(now: at(second))
            return try #require(machine.flight)
        }

        @discardableResult
        func land(_ flight: UInt64, _ value: SecretValue, _ second: Int64, random: UInt64 = .max) -> Bool {
            machine.landed(flight, with: value, now: at(second), random: random).isNews
        }

        func fail(_ flight: UInt64, _ error: TesseraError, _ second: Int64) {
            _ = machine.failed(flight, with: error, now: at(second), random: .max)
        }

        private func text(_ answer: SecretCacheStateMachine.Answer) -> String {
            switch answer {
            case .use(let value, let freshness): "use \(value.version ?? "") \(freshness)"
            case .useAndStart(let value, _): "use \(value.version ?? "") and start"
            case .join: "join"
            case .start: "start"
            case .fail(let error): "fail \(error.code)"
            }
        }
    }

    /// Holds the old secret from second 0: refreshed from 240 on, expired from 300, stale until 3900.
    private func filled(random: UInt64 = .max) throws -> Bench {
        let bench = Bench()
        bench.land(try bench.start(0), old, 0, random: random)
        return bench
    }

    @Test func `a secret is not used beyond its own end, not even while the manager is down`() throws {
        let bench = Bench()
        let short = SecretValue(Secret.fixture("a-short-secret"), version: "1", lifetime: .seconds(100))
        bench.land(try bench.start(0), short, 0)
        #expect(bench.ask(99) == "use 1 fresh")
        let flight = try bench.start(100)
        bench.fail(flight, down, 100)
        #expect(bench.ask(100) == "fail connection")
    }

    @Test func `the first who asks starts, the others join`() {
        let bench = Bench()
        #expect(bench.ask(0) == "start")
        #expect(bench.ask(1) == "join")
    }

    @Test(
        arguments: [
            (0, "use 1 fresh"), (239, "use 1 fresh"), (241, "use 1 and start"), (299, "use 1 and start"),
            (300, "start"), (9000, "start"),
        ] as [(Int64, String)])
    func `age decides`(second: Int64, answer: String) throws {
        #expect(try filled().ask(second) == answer)
    }

    @Test func `one asker refreshes in the advisory window, the others are served`() throws {
        let bench = try filled()
        #expect(bench.ask(250) == "use 1 and start")
        #expect(bench.ask(251) == "use 1 fresh")
        #expect(bench.ask(301) == "join")
    }

    @Test(arguments: [(0, 300), (UInt64.max / 2, 270), (.max, 240)] as [(UInt64, Int64)])
    func `chance decides where in the window`(random: UInt64, second: Int64) throws {
        let bench = try filled(random: random)
        #expect(bench.ask(second - 1) == "use 1 fresh")
        #expect(bench.ask(second + 1) != "use 1 fresh")
    }

    @Test func `a manager that is down is stood in for by the old secret, for its time`() throws {
        let bench = try filled()
        for second in stride(from: Int64(300), to: 3900, by: 61) {
            bench.fail(try bench.start(second), down, second)
            let outcome = try #require(bench.machine.outcome(now: bench.at(second))).get()
            #expect(outcome.0.version == "1")
            #expect(outcome.1 == .stale)
            #expect(bench.ask(second) == "use 1 stale")
        }
        bench.fail(try bench.start(3970), down, 3970)
        #expect(bench.ask(3970) == "fail connection")
    }

    /// Those who waited were left waiting for ever.
    @Test func `a secret that may not be kept is good for those who waited for it`() throws {
        var policy = SecretCachePolicy()
        policy.lifetime = .zero
        let bench = Bench()
        bench.machine = SecretCacheStateMachine(policy: policy)
        bench.land(try bench.start(0), old, 1)
        #expect(try bench.machine.outcome(now: bench.at(1))?.get().0.version == "1")
        #expect(bench.ask(1) == "start")
    }

    @Test func `a manager that says the secret is gone is believed at once`() throws {
        let bench = try filled()
        bench.fail(try bench.start(250), gone, 250)
        #expect(bench.ask(250) == "fail secretUnavailable")
    }

    @Test func `failures in a row are asked about less and less often`() {
        let bench = Bench()
        var starts: [Int64] = []
        for second in 0..<Int64(200) where bench.ask(second) == "start" {
            starts.append(second)
            bench.fail(bench.machine.flight ?? 0, down, second)
        }
        let waits = zip(starts.dropFirst(), starts).map { $0 - $1 }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60])
    }

    @Test func `a refused secret is fetched anew, but not more often than allowed`() throws {
        let bench = try filled()
        #expect(bench.ask(after: old.secret, 10) == "start")
        #expect(bench.ask(after: old.secret, 10) == "join")
        bench.land(try #require(bench.machine.flight), old, 10)
        #expect(bench.ask(after: old.secret, 14) == "use 1 fresh")
        #expect(bench.ask(after: old.secret, 15) == "start")
    }

    @Test func `who was refused with an older secret gets the newer one without a fetch`() throws {
        #expect(try filled().ask(after: new.secret, 10) == "use 1 fresh")
    }

    @Test func `a flight that was given up changes nothing when it lands`() throws {
        let bench = Bench()
        let first = try bench.start(0)
        bench.fail(first, down, 20)
        let second = try bench.start(30)
        #expect(bench.land(first, old, 31) == false)
        #expect(bench.machine.flight == second)
    }
}
#endif
