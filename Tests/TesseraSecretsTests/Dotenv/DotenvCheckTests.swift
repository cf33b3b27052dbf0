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

@Suite(.enabled(if: access("/usr/bin/git", X_OK) == 0, "needs git")) struct `Dotenv check` {
    /// A repository made by git itself, in a directory of its own.
    private func withRepository<Result>(
        _ script: String, _ body: (String) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { directory in
            try await shell("export HOME=\(directory) GIT_CONFIG_NOSYSTEM=1; cd \(directory); git init -q .; \(script)")
            return try await body(directory)
        }
    }

    private func shell(_ script: String) async throws {
        let runtime = Runtime.system
        _ = try await SecretCommand("/bin/sh", arguments: ["-c"], environment: []).fetch(
            SecretReference("set -e; \(script); echo done"),
            SecretFetch(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime))
    }

    @Test(
        arguments: [
            ("echo A=b > .env; chmod 600 .env; echo .env > .gitignore", []),
            ("echo A=b > .env; chmod 600 .env", [DotenvFile.Warning.notIgnoredByGit]),
            ("echo A=b > .env; chmod 644 .env; echo .env > .gitignore", [.readableByOthers]),
            ("echo A=b > .env; chmod 600 .env; git add .env; echo .env > .gitignore", [.notIgnoredByGit]),
        ] as [(String, [DotenvFile.Warning])])
    func `a file that would be committed, or that others can read, is told`(
        script: String, warnings: [DotenvFile.Warning]
    ) async throws {
        try await withRepository(script) { directory in
            let found = await DotenvFileCheck.warnings(of: "\(directory)/.env")
            #expect(found == warnings)
        }
    }

    @Test func `outside of a repository git has nothing to say`() async throws {
        try await withTemporaryDirectory { directory in
            try writeFile("\(directory)/.env", Array("A=b\n".utf8))
            let found = await DotenvFileCheck.warnings(of: "\(directory)/.env")
            #expect(found == [])
        }
    }

    /// Threat E7: `git check-ignore` starts what `core.fsmonitor` names in the repository's own configuration.
    @Test func `a booby-trapped repository starts nothing`() async throws {
        let trap = "printf '#!/bin/sh\\ntouch \"$(dirname \"$0\")/sprung\"\\n' > trap; chmod 755 trap; "
        let script =
            trap + "echo A=b > .env; chmod 600 .env; git add .env; "
            + "git config core.fsmonitor \"$PWD/trap\"; git config core.hooksPath \"$PWD\"; git config core.pager \"$PWD/trap\""
        try await withRepository(script) { directory in
            let found = await DotenvFileCheck.warnings(of: "\(directory)/.env")
            #expect(found == [.notIgnoredByGit])
            #expect(SecretFile.identity(of: "\(directory)/sprung") == nil)
        }
    }
}

private enum DotenvFileCheck {
    static func warnings(of path: String) async -> [DotenvFile.Warning]? {
        guard let file = try? DotenvFile(path) else { return nil }
        return await file.check()
    }
}
#endif
