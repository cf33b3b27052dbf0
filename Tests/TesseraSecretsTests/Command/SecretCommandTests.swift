#if Secrets
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite struct `Secret command` {
    private func shell(_ script: String, environment: [String] = []) throws -> SecretCommand {
        try SecretCommand("/bin/sh", arguments: ["-c", script, "command"], environment: environment)
    }

    private func fetch(_ command: SecretCommand, _ name: String = "") async throws -> String {
        let runtime = Runtime.system
        let value = try await command.fetch(
            SecretReference(name),
            SecretFetch(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime))
        return value.secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `what is printed is the secret, without one line break`() async throws {
        #expect(try await fetch(shell("printf 'a secret\\n\\n'")) == "a secret\n")
    }

    @Test func `the name is one argument, whatever it holds`() async throws {
        let name = "$(touch /tmp/x) ; `id` 'a' \"b\" *"
        #expect(try await fetch(shell("printf %s \"$1\""), name) == name)
    }

    @Test func `the child sees of the environment what is listed`() async throws {
        setenv("TESSERA_TEST_SHOWN", "shown", 1)
        setenv("TESSERA_TEST_HIDDEN", "hidden", 1)
        let seen = try await fetch(shell("env", environment: ["TESSERA_TEST_SHOWN", "TESSERA_TEST_UNSET"]))
        let names = Set(seen.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) })
        #expect(names.subtracting(["PWD", "SHLVL", "_", "OLDPWD"]) == ["PATH", "TESSERA_TEST_SHOWN"])
    }

    @Test(.enabled(if: access("/proc/self/fd", R_OK) == 0))
    func `the child inherits no open file`() async throws {
        // Without O_CLOEXEC, as a careless library would open it.
        let descriptor = open("/etc/hostname", O_RDONLY)
        defer { close(descriptor) }
        let seen = try await fetch(shell("ls -l /proc/self/fd | sed -n 's/.* \\([0-9]*\\) -> /\\1 /p'"))
        let descriptors = seen.split(separator: "\n").filter { !$0.contains("/proc/") }
            .compactMap { $0.split(separator: " ").first }
        #expect(Set(descriptors) == ["0", "1", "2"])
    }

    @Test(arguments: [
        ("exit 3", "gave no secret"), ("true", "printed nothing"), ("kill -9 $$", "gave no secret"),
        ("head -c 70000 /dev/zero", "more than"),
    ])
    func `a command that gives no secret is an error without its output`(script: String, words: String) async throws {
        let command = try shell("echo CANARY-on-stderr >&2; \(script)")
        let error = await #expect(throws: TesseraError.self) { try await fetch(command) }
        #expect(error?.code == .secretUnavailable)
        #expect(error?.message.contains(words) == true)
        #expect(!"\(error as Any)".contains("CANARY"))
    }

    @Test(arguments: ["op", "./op", "bin/op", ""])
    func `a program that is not named by its whole path is refused`(path: String) {
        let error = #expect(throws: TesseraError.self) { try SecretCommand(path) }
        #expect(error?.code == .misconfigured)
    }

    @Test func `a name that looks like an option is refused`() async throws {
        let command = try SecretCommand("/bin/echo")
        let error = await #expect(throws: TesseraError.self) { try await fetch(command, "--help") }
        #expect(error?.code == .misconfigured)
    }

    @Test func `a program that is not there is named`() async throws {
        let command = try SecretCommand("/nonexistent/op")
        let error = await #expect(throws: TesseraError.self) { try await fetch(command, "a") }
        #expect(error?.message.contains("/nonexistent/op") == true)
    }

    @Test func `a command that hangs is killed when its time is over`() async throws {
        var policy = SecretCachePolicy()
        policy.longestFetch = .milliseconds(300)
        let source = try shell("echo $$ > /tmp/tessera-hanging-command; exec sleep 600")
            .secret("", cache: policy)
        let error = await #expect(throws: TesseraError.self) { try await source.secret() }
        #expect(error?.code == .timeout)
        let file = try SecretFile.read("/tmp/tessera-hanging-command", limit: 100)
        unlink("/tmp/tessera-hanging-command")
        let pid = try #require(Int32(String(decoding: file.bytes.dropLast(), as: UTF8.self)))
        for _ in 0..<1000 where kill(pid, 0) == 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(kill(pid, 0) != 0)
    }
}
#endif
