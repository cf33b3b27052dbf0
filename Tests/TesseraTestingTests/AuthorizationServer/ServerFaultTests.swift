import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

/// What each fault does to the client, and what the server knows of it.
@Suite struct `Faults of the hostile authorization server` {
    typealias Server = HostileAuthorizationServer

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var fault: Server.Fault
        /// Status, or how it fails.
        var client: String
        var outcomes: [Server.Outcome]
        /// The generation that the server is at afterwards; nil when the login has ended.
        var generation: UInt64?

        init(
            _ name: String, _ fault: Server.Fault, _ client: String, _ outcomes: [Server.Outcome], _ generation: UInt64?
        ) {
            (testDescription, self.fault, self.client, self.outcomes, self.generation) =
                (name, fault, client, outcomes, generation)
        }
    }

    static let rows = [
        Row("none", .none, "200", [.done], 2),
        Row("refused connection", .refuseConnection, "unreachable nothingSent", [], 1),
        Row("lost request", .loseRequest, "disconnected sent(bytes: nil)", [], 1),
        Row("lost answer", .loseAnswer, "disconnected sent(bytes: nil)", [.done], 2),
        Row("swallowed answer", .swallowAnswer, "timeout sent(bytes: nil)", [.done], 2),
        Row("duplicate", .duplicate, "200", [.done, .reused], nil),
        Row("duplicate, heard last", .duplicateHeardLast, "400", [.done, .reused], nil),
        Row("undecodable", .undecodable, "200", [.done], 2),
        Row("gateway timeout", .gatewayTimeout, "504", [.done], 2),
        Row("empty 403", .emptyForbidden, "403", [], 1),
        Row("empty 400", .emptyBadRequest, "400", [], 1),
        Row("half answer", .halfAnswer(), "disconnected sent(bytes: nil)", [.done], 2),
        Row("503", .status(503), "503", [], 1),
        Row("500 after commit", .statusAfterCommit(500), "500", [.done], 2),
        Row("slow", .slow(.seconds(3)), "200", [.done], 2),
        Row("too slow", .slow(.seconds(30)), "timeout sent(bytes: nil)", [.done], 2),
        Row("late request", .lateRequest(.seconds(30)), "timeout sent(bytes: nil)", [.done], 2),
        Row("held for ever", .holdAnswer(), "timeout sent(bytes: nil)", [.done], 2),
        Row("request held for ever", .holdRequest(), "timeout sent(bytes: nil)", [], 1),
    ]

    @Test(arguments: rows) func `each fault does what it says`(row: Row) async throws {
        try await withVirtualTime { time in
            let server = Server()
            let login = server.logIn()
            server.script(row.fault)
            let outcome = try await time.run {
                await Self.outcome { try await TokenForm(server: server).refresh(login.refreshToken) }
            }
            #expect(outcome == row.client)
            #expect(server.log.tokenRequests.first?.outcomes == row.outcomes)
            #expect(server.generation(of: login.id) == row.generation)
        }
    }

    static func outcome(_ send: () async throws -> TransportReply) async -> String {
        do {
            return "\(try await send().head.status.code)"
        } catch let failure as TransportFailure {
            return "\(failure.kind.rawValue) \(failure.progress)"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a held answer comes when it is released`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            let login = server.logIn()
            server.script(.holdAnswer("a"))
            let form = TokenForm(server: server)
            let answer = Task(executorPreference: time.taskExecutor) { try await form.refresh(login.refreshToken) }
            await time.advance(by: .seconds(10))
            #expect(server.log.events.map(\.kind) == [.arrived, .processed, .held])
            server.release("a")
            await time.settle()
            let reply = try await answer.value
            #expect(reply.head.status == .ok)
            #expect(server.log.tokenRequests.first?.status == 200)
        }
    }

    @Test func `what a client no longer hears is in the log`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            let login = server.logIn()
            server.script(.slow(.seconds(30)))
            let form = TokenForm(server: server)
            _ = try await time.run { await Self.outcome { try await form.refresh(login.refreshToken) } }
            #expect(server.log.events.last?.kind == .unheard)
            #expect(server.log.tokenRequests.first?.status == nil)
        }
    }

    @Test func `a cancelled client leaves and the server goes on`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            let login = server.logIn()
            server.script(.lateRequest(.seconds(5)))
            let form = TokenForm(server: server)
            let answer = Task(executorPreference: time.taskExecutor) {
                await Self.outcome { try await form.refresh(login.refreshToken) }
            }
            await time.advance(by: .seconds(1))
            answer.cancel()
            await time.advance(by: .seconds(10))
            #expect(await answer.value == "cancelled sent(bytes: nil)")
            #expect(server.generation(of: login.id) == 2)
        }
    }

    @Test func `faults are used up in order, then the chooser is asked`() async throws {
        try await withVirtualTime { time in
            let server = Server(.init(rotation: .never))
            let login = server.logIn()
            server.script(.status(503, retryAfter: 7), .none)
            server.chooseFaults { $0.number == 4 ? .status(429) : nil }
            let form = TokenForm(server: server)
            var statuses: [Int] = []
            for _ in 1...5 {
                let reply = try await time.run { try await form.refresh(login.refreshToken) }
                if statuses.isEmpty { #expect(reply.head.headerFields[.retryAfter] == "7") }
                statuses.append(reply.head.status.code)
            }
            #expect(statuses == [503, 200, 200, 429, 200])
        }
    }

    @Test func `the Date can be wrong`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            server.script(.dateSkew(.seconds(-600)))
            let form = TokenForm(server: server)
            let reply = try await time.run { try await form.clientCredentials() }
            #expect(reply.head.headerFields[.date] == "Wed, 31 Dec 2025 23:50:00 GMT")
        }
    }

    @Test func `the resource challenges as it is told`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            let login = server.logIn()
            server.script(.challenge("Bearer error=\"insufficient_scope\"", status: 403), at: .resource)
            let form = TokenForm(server: server)
            let first = try await time.run { try await form.resource(login.accessToken) }
            let second = try await time.run { try await form.resource(login.accessToken) }
            #expect([first.head.status.code, second.head.status.code] == [403, 200])
            #expect(first.head.headerFields[.wwwAuthenticate] == "Bearer error=\"insufficient_scope\"")
        }
    }

    @Test func `an answer takes its latency twice`() async throws {
        try await withVirtualTime { time in
            var configuration = Server.Configuration()
            configuration.latency = .milliseconds(40)
            let server = Server(configuration)
            let form = TokenForm(server: server)
            let start = time.now
            let end = try await time.run {
                _ = try await form.clientCredentials()
                return Runtime.current.now()
            }
            #expect(start.duration(to: end) == .milliseconds(80))
        }
    }
}
