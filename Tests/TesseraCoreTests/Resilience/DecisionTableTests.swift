import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

/// Every row of the table that was reasoned from the RFCs, against whole calls; the server's log is the referee.
@Suite("Decision table (fault x method x body x key x progress)")
struct DecisionTableTests {
    @Test("the table names every kind of cell, and more than a thousand cases")
    func complete() throws {
        let rows = try DecisionTable.rows()
        let cases = rows.flatMap(\.cases)
        #expect(rows.allSatisfy { $0.verdict != nil })
        #expect(cases.count > 1000)
        #expect(Set(cases.map(\.progress)) == ["answer", "nothing", "sent", "unprocessed"])
        #expect(Set(cases.map(\.body)) == ["none", "bytes", "once"])
        print("figure: decision table: \(rows.count) rows, \(cases.count) cases")
    }

    @Test("is kept", arguments: try DecisionTable.rows())
    func row(_ row: DecisionTable.Row) async throws {
        let verdict = try #require(row.verdict)
        for aCase in row.cases {
            try await check(aCase, verdict)
        }
    }

    private func check(_ aCase: DecisionTable.Case, _ verdict: DecisionTable.Verdict) async throws {
        try await withScenario { scenario in
            try prepare(scenario.server, aCase)
            let api = try scenario.api { $0.timeouts = Timeouts(attempt: .seconds(300), total: .seconds(300)) }
            let call = CallRequest(
                aCase.method, "/x", Self.body(aCase.body), expecting: .any,
                idempotencyKey: aCase.hasKey ? .key("k-1") : nil)
            let history = try await scenario.time.run { await Self.history(of: call, api, aCase.isStreamed) }
            let first = history.decisions.first
            switch verdict {
            case .retry(let after):
                #expect(scenario.server.requests.count == 2, "\(aCase): \(history)")
                if let after, scenario.arrivals.count == 2 {
                    #expect(scenario.arrivals[1] - scenario.arrivals[0] == .seconds(after), "\(aCase)")
                }
            case .stop(let reason):
                #expect(scenario.server.requests.count == 1, "\(aCase): \(history)")
                if let reason { #expect(Self.says(reason, first), "\(aCase): \(history)") }
            }
        }
    }

    /// An answer that no policy repeats is simply delivered, a 401 with what the authenticator said to it.
    private static func says(_ reason: RetryDecision.StopReason, _ decision: CallHistory.Decision?) -> Bool {
        switch decision {
        case .gaveUp(let found): found == reason
        case .delivered, .unauthorized: reason == .notRetryable
        default: false
        }
    }

    private static func history(of call: CallRequest, _ api: Session, _ isStreamed: Bool) async -> CallHistory {
        do {
            guard isStreamed else { return try await api.send(call).history }
            return try await api.stream(call) { reply in
                _ = try await reply.body.collect(upTo: 1000)
                return reply.history
            }
        } catch {
            return (error as? TesseraError)?.history ?? CallHistory()
        }
    }

    private static func body(_ name: String) -> RequestBody {
        switch name {
        case "none": .none
        case "bytes": .text("a body")
        default: .singleUse(length: 6) { try await $0.write(Array("a body".utf8)) }
        }
    }

    private func prepare(_ server: MockTransport, _ aCase: DecisionTable.Case) throws {
        let route = server.on(aCase.method, "/x")
        if let status = Int(aCase.fault) {
            var headers: [String: String] = [:]
            if let after = aCase.after { headers["Retry-After"] = "\(after)" }
            route.reply(status: status, headers: headers).then()
        } else if aCase.fault == "cut" || aCase.isStreamed && aCase.fault.hasSuffix("/body") {
            // A streamed call has the head when its body fails, whatever ends it.
            route.cut(body: "half").then()
        } else {
            let names = aCase.fault.split(separator: "/").map(String.init)
            let kind = try #require(TransportFailure.Kind(rawValue: names[0]))
            let phase = try #require(TransportFailure.Phase(rawValue: names[1]))
            let progress: TransportFailure.Progress =
                switch aCase.progress {
                case "nothing": .nothingSent
                case "unprocessed": .provablyUnprocessed
                default: .sent(bytes: nil)
                }
            route.fail(kind, phase: phase, progress: progress).reply()
        }
    }
}
