#if AsyncHTTPClient
import TesseraAsyncHTTPClient
import TesseraCore
import TesseraTesting
import Testing

@Suite struct AsyncHTTPClientContractTests {
    @Test(.timeLimit(.minutes(1)), arguments: TransportContract.checks)
    func keepsTheContract(check: TransportCheck) async throws {
        let transport = AsyncHTTPClientTransport()
        let outcome = await Turnstile.checks.pass {
            let outcome = await check.run(on: transport)
            await transport.shutdown()
            return outcome
        }
        switch outcome {
        case .kept: break
        case .declaredGap(let missing): print("declared gap: \(check) (needs \(missing.contractNames))")
        case .violated(let violation): Issue.record(violation)
        }
    }

    /// A gap must not grow unnoticed.
    @Test func theDeclaredGapsAreThese() {
        let capabilities = AsyncHTTPClientTransport().capabilities
        let gaps = TransportContract.checks.filter { !$0.requires.isSubset(of: capabilities) }
        #expect(
            Set(gaps.map(\.requires.contractNames)) == ["countsSentBytes", "phaseTimeouts", "headerLimits"])
    }

    @Test func everyCheckHasANameOfItsOwn() {
        #expect(Set(TransportContract.checks.map(\.name)).count == TransportContract.checks.count)
    }
}
#endif
