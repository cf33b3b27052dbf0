#if NIO && OAuth
import Synchronization
import TesseraCore
import TesseraTesting

/// A hostile authorization server in a process of its own.
///
/// Options: `--rotation never|omitted|strict|grace:SECONDS`, `--lifetime SECONDS`, `--latency SECONDS`.
struct ServingProbe {
    private struct Command: Decodable {
        var `do`: String
        var login: Int?
        var faults: [String]?
        var gate: String?
        var from: Int?
    }

    private struct Answer: Encodable {
        var origin: String?
        var login: Int?
        var refreshToken: String?
        var generation: UInt64?
        var events: [HostileAuthorizationServer.Event]?
        var time: Int64?
    }

    /// The faults of each login's next token requests: trials that run at the same time do not meet.
    private final class Script: Sendable {
        let faults = Mutex<[Int: [HostileAuthorizationServer.Fault]]>([:])

        func next(_ login: Int?) -> HostileAuthorizationServer.Fault? {
            guard let login else { return nil }
            return faults.withLock { faults in
                guard var queue = faults[login], !queue.isEmpty else { return nil }
                defer { faults[login] = queue }
                return queue.removeFirst()
            }
        }
    }

    private let server: HostileAuthorizationServer
    private let script = Script()

    init(_ options: ProbeOptions) throws {
        var configuration = HostileAuthorizationServer.Configuration(
            rotation: try Self.rotation(options["rotation"] ?? "strict"))
        configuration.accessTokenLifetime = try options.seconds("lifetime") ?? .seconds(3600)
        configuration.latency = try options.seconds("latency") ?? .zero
        server = HostileAuthorizationServer(configuration)
        let script = script
        server.chooseFaults { script.next($0.login) }
    }

    func run() async throws {
        try await server.withSocket { origin in
            try Lines.answer(Answer(origin: "\(origin)"))
            for await line in Lines.commands() {
                let command = try Lines.decode(Command.self, line)
                guard command.do != "quit" else { return }
                try Lines.answer(try answer(command))
            }
        }
    }

    private func answer(_ command: Command) throws -> Answer {
        switch command.do {
        case "logIn":
            let login = server.logIn()
            return Answer(
                login: login.id,
                refreshToken: login.refreshToken.withExposedBytes { String(decoding: $0, as: UTF8.self) },
                generation: login.generation)
        case "faults":
            let faults = try (command.faults ?? []).map { try Self.fault($0) }
            guard let login = command.login else {
                server.script(faults)
                return Answer()
            }
            script.faults.withLock { $0[login] = faults }
            return Answer()
        case "release":
            server.release(command.gate ?? "answer")
            return Answer()
        case "end":
            if let login = command.login { server.endLogin(login) }
            return Answer()
        case "state":
            return Answer(login: command.login, generation: command.login.flatMap { server.generation(of: $0) })
        case "events":
            return Answer(
                events: server.events(from: max(0, command.from ?? 0)), time: Runtime.system.now().nanoseconds)
        default:
            throw ProbeFailure("unknown command \(command.do)")
        }
    }

    private static func rotation(_ text: String) throws -> HostileAuthorizationServer.Rotation {
        switch text {
        case "never": return .never
        case "omitted": return .omitted
        case "strict": return .strict
        default:
            guard text.hasPrefix("grace:"), let seconds = Int64(text.dropFirst(6)) else {
                throw ProbeFailure("--rotation \(text)?")
            }
            return .grace(.seconds(seconds))
        }
    }

    private static func fault(_ text: String) throws -> HostileAuthorizationServer.Fault {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let value = parts.count > 1 ? parts[1] : nil
        switch parts.first {
        case "none": return .none
        case "loseRequest": return .loseRequest
        case "loseAnswer": return .loseAnswer
        case "halfAnswer": return .halfAnswer()
        case "undecodable": return .undecodable
        case "gatewayTimeout": return .gatewayTimeout
        case "holdAnswer": return .holdAnswer(value ?? "answer")
        case "holdDrop": return .init([.hold(value ?? "request"), .drop])
        case "holdRequest": return .holdRequest(value ?? "request")
        case "status": return .status(value.flatMap { Int($0) } ?? 503)
        case "slow": return .slow(.milliseconds(value.flatMap { Int64($0) } ?? 100))
        default: throw ProbeFailure("unknown fault \(text)")
        }
    }
}
#endif
