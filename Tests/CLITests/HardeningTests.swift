#if CLI
import Foundation
import Testing

#if os(Linux)
@Suite struct Hardening {
    /// Starts `tessera server`, waits until it listens, runs `inspect` in a shell with its process id in `$P`.
    private func inspectServer(_ inspect: String) async throws -> Tool.Result {
        try await Tool.shell(
            """
            $TESSERA server > /dev/null 2> $F & P=$!
            i=0; while ! grep -q Ctrl-C $F && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
            \(inspect)
            kill -9 $P 2>/dev/null; wait $P 2>/dev/null; cat $F >&2; rm -f $F
            """,
            environment: ["F": "/tmp/tessera-server-\(UUID().uuidString)", "SWIFT_BACKTRACE": "enable=yes"])
    }

    @Test func `there are no core dumps`() async throws {
        let result = try await inspectServer("grep 'Max core file size' /proc/$P/limits")
        #expect(result.output.split(whereSeparator: \.isWhitespace).dropFirst(4).first == "0")
    }

    @Test(.timeLimit(.minutes(1)))
    func `a crash ends the process at once and shows no memory`() async throws {
        let result = try await inspectServer("kill -ILL $P; wait $P; echo status $?")
        #expect(result.output.contains("status 132"))
        #expect(result.errors.contains("Ctrl-C"))
        #expect(!result.errors.contains("Registers:"))
        #expect(!result.errors.contains("rax 0x"))
    }

    @Test func `the setting reaches the process that runs, whatever the environment says`() async throws {
        let result = try await inspectServer(
            "tr '\\0' '\\n' < /proc/$P/environ | grep ^SWIFT_BACKTRACE= || echo unreadable")
        #expect(result.output == "SWIFT_BACKTRACE=enable=no\n" || result.output == "unreadable\n")
    }
}
#endif
#endif
