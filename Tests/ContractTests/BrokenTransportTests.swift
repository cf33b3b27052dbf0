#if AsyncHTTPClient
import TesseraCore
import TesseraTesting
import Testing

/// The suite can fail: each defect is caught by the check that is there for it.
@Suite struct BrokenTransportTests {
    /// For each defect words from the names of checks that must catch it; all of them must.
    private static let catchers: [BrokenTransport.Defect: [String]] = [
        .retries: ["GET is not sent again", "POST is not sent again"],
        .followsRedirects: ["a redirect is delivered"],
        .dropsSealedFields: ["sealed fields arrive"],
        .duplicatesSealedFields: ["sealed fields arrive"],
        .claimsThatNothingWasSent: ["a body cut before its Content-Length", "a connection closed before any answer"],
        .ignoresTheDeadline: ["silence before the head", "a body that drips", "a deadline that has passed"],
        .ignoresTheBodyLimit: ["a body above the limit", "a bomb of 10 MB"],
        .ignoresCancellation: ["a request cancelled before the head"],
        .ignoresTheShutdown: ["after its shutdown"],
        .repairsTargets: ["the target /a//b//c"],
        .takesACutForTheEnd: ["a body cut before its Content-Length", "a chunked body cut between chunks"],
        .hidesTheBodysFailure: ["a body shorter than announced"],
        .keepsTheHeadBack: ["a streamed head comes before"],
        .declaresTooMuch: ["the bytes of a failed request are counted"],
    ]

    @Test(arguments: BrokenTransport.Defect.allCases)
    func isCaught(defect: BrokenTransport.Defect) async throws {
        let words = try #require(BrokenTransportTests.catchers[defect])
        for word in words {
            let checks = TransportContract.checks.filter { $0.name.contains(word) }
            #expect(checks.count == 1, "\(word) names no check, or several")
            for check in checks {
                let transport = BrokenTransport(defect: defect)
                let outcome = await Turnstile.checks.pass {
                    let outcome = await check.run(on: transport)
                    await transport.end()
                    return outcome
                }
                guard case .violated(let violation) = outcome else {
                    Issue.record("\(defect) got through \"\(check)\": \(outcome)")
                    continue
                }
                print("caught \(defect.rawValue): \(violation)")
            }
        }
    }

    /// A transport that never comes back fails its check instead of stopping the run.
    @Test func aTransportThatHangsIsGivenUp() async throws {
        let check = TransportCheck("waits for ever") { _ in
            try await withUnsafeThrowingContinuation { (_: UnsafeContinuation<Void, any Error>) in }
        }
        let outcome = await check.run(on: MockTransport(), patience: .milliseconds(50))
        guard case .violated = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    /// What is not declared is a gap, and a gap is not a pass.
    @Test func whatIsNotDeclaredIsReportedAsAGap() async {
        let check = TransportCheck("needs much", requires: [.http2, .proxies]) { _ in }
        guard case .declaredGap(let missing) = await check.run(on: MockTransport(capabilities: .http2)) else {
            Issue.record("the check was run")
            return
        }
        #expect(missing == .proxies)
    }
}
#endif
