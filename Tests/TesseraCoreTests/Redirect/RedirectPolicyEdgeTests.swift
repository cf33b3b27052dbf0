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

    @Test func `a body goes along to another origin unless the policy keeps it`() throws {
        let (here, there) = (try Origin("https://a.example"), try Origin("https://b.example"))
        #expect(RedirectPolicy().sendsBodyAcrossOrigins)
        #expect(!RedirectSummary(status: 307, method: .post, from: here, target: there).carriesBody)
    }

    @Test(arguments: [
        // (status, has a body, to another origin, follows)
        (307, true, true, false), (308, true, true, false), (307, true, false, true), (307, false, true, true),
        (307, false, false, true), (303, true, true, true), (303, false, true, true),
    ])
    func `a policy that keeps bodies at their origin stops only one that would leave it`(
        status: Int, carriesBody: Bool, crosses: Bool, follows: Bool
    ) throws {
        let (here, there) = (try Origin("https://a.example"), try Origin("https://b.example"))
        var policy = RedirectPolicy()
        var summary = RedirectSummary(status: status, method: .post, from: here, target: crosses ? there : here)
        summary.carriesBody = carriesBody
        #expect(policy.decide(summary) == .follow(becomesGet: status == 303), "by default")
        policy.sendsBodyAcrossOrigins = false
        #expect(
            policy.decide(summary) == (follows ? .follow(becomesGet: status == 303) : .refuse(.bodyCrossesOrigin)))
    }
}
