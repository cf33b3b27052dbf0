import HTTPTypes
import Testing

@testable import TesseraCore

@Suite struct RedirectPolicyEdgeTests {
    @Test func `the limits are those of the table`() {
        #expect(RedirectPolicy().limit == 10 && RedirectPolicy.standard.limit == 10 && RedirectPolicy.never.limit == 0)
    }

    @Test func `a limit of one follows one`() throws {
        let origin = try Origin("https://a.example")
        var summary = RedirectSummary(status: 302, method: .get, from: origin, target: origin)
        #expect(summary.followed == 0 && !summary.wasVisited && summary.isReplayable)
        #expect(RedirectPolicy(limit: 1).decide(summary) == .follow(becomesGet: false))
        summary.followed = 1
        #expect(RedirectPolicy(limit: 1).decide(summary) == .refuse(.tooMany))
    }
}
