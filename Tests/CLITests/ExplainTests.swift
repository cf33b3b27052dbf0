#if CLI
import TesseraTesting
import Testing

@Suite struct Explain {
    @Test(arguments: [
        (["POST", "--status", "503", "--retry-after", "120"], "not idempotent"),
        (["GET", "--status", "503", "--retry-after", "120"], "longer wait than the policy allows"),
        (["GET", "--status", "503", "--retry-after", "5"], "sent again after 5 s"),
        (["POST", "--fail", "unreachable"], "sent again after"), (["POST", "--fail", "cut"], "not idempotent"),
        (["POST", "--fail", "disconnected", "--idempotency-key"], "sent again after"),
        (["PUT", "--fail", "disconnected", "--single-use"], "once only"), (["GET", "--fail", "tls"], "not worth"),
        (["GET", "--status", "503", "--policy", "never"], "retries are off"),
        (["GET", "--status", "503", "--attempt", "3"], "used up"),
    ])
    func `the decision about an outcome`(arguments: [String], expected: String) async throws {
        let words = ["explain", arguments[0], "https://api.example.com/x"] + arguments.dropFirst()
        let result = try await Tool.run(words)
        #expect(result.status == 0 && result.errors == "")
        #expect(result.output.contains(expected), "\(result.output)")
    }

    @Test func `the plan of a call, and nothing is sent`() async throws {
        try await RawServer.withRunning({ _ in }) { server in
            let result = try await Tool.run(["explain", "\(server.origin)/users?key=hidden"])
            #expect(result.status == 0)
            #expect(result.output.contains("GET \(server.origin)/") && result.output.contains("redirects: up to 10"))
            #expect(!result.output.contains("hidden"))
            #expect(server.log.connections == 0)
        }
    }

    @Test(arguments: [
        ["--status", "5"], ["--status", "503", "--fail", "tls"], ["--retry-after", "5"], ["--attempt", "0"],
        ["--policy", "none"],
    ])
    func `nonsense is a usage error`(arguments: [String]) async throws {
        let result = try await Tool.run(["explain", "https://api.example.com/x"] + arguments)
        #expect(result.status == 64 && result.output == "")
    }
}
#endif
