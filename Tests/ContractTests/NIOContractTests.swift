#if NIO
import TesseraCore
import TesseraNIO
import TesseraTesting
import Testing

@Suite struct NIOContractTests {
    @Test(.timeLimit(.minutes(1)), arguments: TransportContract.checks)
    func keepsTheContract(check: TransportCheck) async throws {
        let transport = try NIOTransport()
        let outcome = await Turnstile.checks.pass {
            let outcome = await check.run(on: transport)
            await transport.shutdown()
            return outcome
        }
        switch outcome {
        case .kept: break
        case .declaredGap(let missing): Issue.record("a gap: \(check) (needs \(missing.contractNames))")
        case .violated(let violation): Issue.record(violation)
        }
        #expect(transport.connectionCount == 0, "connections after the shutdown")
    }

    @Test func thereAreNoGaps() throws {
        let gaps = TransportContract.checks.filter { check in
            guard let transport = try? NIOTransport() else { return true }
            return !check.requires.isSubset(of: transport.capabilities)
        }
        #expect(gaps.map(\.name) == [])
    }
}
#endif
