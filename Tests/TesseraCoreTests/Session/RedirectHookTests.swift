import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("A redirect hook")
struct RedirectHookTests {
    @Test("is shown where the way would lead, and may deliver or end it", arguments: RedirectAnswer.allCases)
    func answers(answer: RedirectAnswer) async throws {
        try await withScenario { scenario in
            let seen = Mutex<[String]>([])
            scenario.server.on(.post, "/a").reply(status: 302, headers: ["Location": "https://b.test/b?q=1"])
            scenario.server.on(.get, "https://b.test/b").reply(body: "there")
            let api = try scenario.api {
                $0.redirectHook = { offer in
                    seen.withLock {
                        $0.append("\(offer.status) \(offer.method) \(offer.from) \(offer.target) \(offer.becomesGet)")
                    }
                    return answer
                }
            }
            let call = CallRequest(.post, "/a", .text("x"), expecting: .any)
            switch answer {
            case .follow: #expect(try await scenario.time.run { try await api.send(call) }.text == "there")
            case .deliver: #expect(try await scenario.time.run { try await api.send(call) }.status.code == 302)
            case .refuse:
                let error = try await scenario.failure { try await api.send(call) }
                #expect(error.code == .redirectRefused && error.history.decisions == [.redirectRefused(.vetoed)])
            }
            #expect(seen.withLock { $0 } == ["302 POST https://api.test/a https://b.test/b?q=1 true"])
            #expect(scenario.server.requests.count == (answer == .follow ? 2 : 1))
        }
    }

    @Test("is not asked about what the policy refuses already")
    func refusedAnyway() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(status: 302, headers: ["Location": "http://b.test/b"])
            let api = try scenario.api {
                $0.redirectHook = { _ in
                    Issue.record("asked")
                    return .follow
                }
            }
            let error = try await scenario.failure { try await api.get("/a") }
            #expect(error.history.decisions == [.redirectRefused(.downgrade)])
        }
    }

    @Test("beyond the limit the answer can be delivered, and more fields can be kept back")
    func settings() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(status: 302, headers: ["Location": "https://b.test/b"])
            scenario.server.on(.get, "https://b.test/b").reply(status: 302, headers: ["Location": "https://b.test/c"])
            let api = try scenario.api {
                $0.redirects = RedirectPolicy(limit: 1)
                $0.redirects.deliversAtLimit = true
                $0.redirects.withheldFields = [.userAgent]
            }
            let response = try await scenario.time.run { try await api.get("/a", expecting: .any) }
            #expect(response.status.code == 302 && response.history.count == 2)
            #expect(scenario.server.requests.map { $0.headerFields[.userAgent] != nil } == [true, false])
        }
    }
}
