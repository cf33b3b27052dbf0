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
            kill $P 2>/dev/null; wait $P 2>/dev/null; cat $F >&2; rm -f $F
            """,
            environment: ["F": "/tmp/tessera-server-\(UUID().uuidString)", "SWIFT_BACKTRACE": "symbolicate=off"])
    }

    @Test func `there are no core dumps`() async throws {
        let result = try await inspectServer("grep 'Max core file size' /proc/$P/limits")
        #expect(result.output.split(whereSeparator: \.isWhitespace).dropFirst(4).first == "0")
    }

    @Test func `a crash report shows no registers`() async throws {
        let result = try await inspectServer("kill -ILL $P; wait $P 2>/dev/null")
        #expect(result.errors.contains("Ctrl-C"))
        #expect(!result.errors.contains("Registers:"))
        #expect(!result.errors.contains("rax 0x"))
    }

    @Test func `the report without this setting would show them`() async throws {
        let result = try await Tool.shell(
            """
            SWIFT_BACKTRACE=enable=yes,symbolicate=off,registers=none,registers=all $TESSERA server > /dev/null 2> $F & P=$!
            i=0; while ! grep -q Ctrl-C $F && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
            kill -ILL $P; wait $P 2>/dev/null; cat $F; rm -f $F
            """, environment: ["F": "/tmp/tessera-crash-\(UUID().uuidString)"])
        guard result.output.contains("Registers:") else {
            print("skipped: this system's Swift prints no crash reports here")
            return
        }
        #expect(result.output.contains("rax") || result.output.contains("x0"))
    }
}
#endif
#endif
