import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite struct `Scenarios of the hostile authorization server` {
    typealias Scenario = HostileAuthorizationServer.Scenario

    @Test func `names are told apart`() {
        #expect(Set(Scenario.all.map(\.name)).count == Scenario.all.count)
    }

    @Test func `scenarios are found by name`() {
        for name in ["kill during refresh", "100 callers at expiry", "rotated by a peer", "answer lost after commit"] {
            #expect(Scenario.named(name)?.name == name)
        }
        #expect(Scenario.named("no such story") == nil)
    }

    @Test func `too many and too few requests are problems`() async throws {
        try await withVirtualTime { time in
            let scenario = Scenario.hundredCallersAtExpiry
            let server = scenario.server()
            let login = server.logIn()
            #expect(scenario.problems(on: server).count == 1)
            let form = TokenForm(server: server)
            _ = try await time.run { try await form.refresh(login.refreshToken) }
            #expect(scenario.problems(on: server) == [])
            _ = try await time.run { try await form.refresh(login.refreshToken) }
            #expect(scenario.problems(on: server).count == 2)
        }
    }

    @Test func `an avoidable loss is a problem and an unavoidable one is none`() async throws {
        for (scenario, count) in [(Scenario.answerLostWithinGrace, 1), (.answerLostAfterCommit, 0)] {
            try await withVirtualTime { time in
                let server = scenario.server()
                let login = server.logIn()
                let form = TokenForm(server: server)
                _ = try await time.run { try? await form.refresh(login.refreshToken) }
                // A client that waits too long.
                await time.advance(by: .seconds(60))
                _ = try await time.run { try await form.refresh(login.refreshToken) }
                #expect(scenario.problems(on: server).count == count)
            }
        }
    }

    @Test(arguments: Scenario.all) func `a server begins with the scenario's faults`(scenario: Scenario) async throws {
        try await withVirtualTime { time in
            let server = scenario.server()
            let login = server.logIn()
            let form = TokenForm(server: server)
            _ = try await time.run { try? await form.refresh(login.refreshToken) }
            let first = server.log.tokenRequests.first
            let isDisturbed = first?.status != 200 || first?.outcomes != [.done]
            #expect(isDisturbed == !scenario.faults.isEmpty)
        }
    }
}
