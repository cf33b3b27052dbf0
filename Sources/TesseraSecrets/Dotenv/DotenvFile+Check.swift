#if Secrets
import Subprocess
import TesseraCore

#if canImport(System)
import System
#else
import SystemPackage
#endif

extension DotenvFile {
    /// What is wrong with how a `.env` file is kept.
    public enum Warning: String, Sendable, Hashable, Codable, CaseIterable {
        /// Others than the owner may read it: `chmod 600` is missing.
        case readableByOthers
        /// It lies in a git repository that does not ignore it, or has it already.
        case notIgnoredByGit
    }

    /// Looks who may read the file, and asks git whether it would be committed.
    ///
    /// The folder may be a stranger's: git runs with the file monitor and the hooks of its configuration switched off, and
    /// with no environment but `HOME`, so that nothing in it is started. Without git, and outside of a repository, the
    /// second question is not asked.
    public func check() async -> [Warning] {
        var warnings: [Warning] = []
        if isReadableByOthers { warnings.append(.readableByOthers) }
        if await GitIgnore.ignores(path) == false { warnings.append(.notIgnoredByGit) }
        return warnings
    }
}

enum GitIgnore {
    private static let programs = ["/usr/bin/git", "/usr/local/bin/git", "/opt/homebrew/bin/git"]

    /// Whether git ignores a file; nil when that cannot be said.
    static func ignores(_ path: String) async -> Bool? {
        guard let git = programs.first(where: { SecretFile.identity(of: $0) != nil }) else { return nil }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        var variables: [Environment.Key: String] = [
            "PATH": "/usr/bin:/bin", "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
        ]
        variables["HOME"] = ProcessEnvironment.value("HOME")
        let result = try? await run(
            .path(FilePath(git)),
            arguments: [
                "-C", folder, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "check-ignore", "-q",
                "--",
                name,
            ], environment: .custom(variables), input: .none, output: .discarded, error: .discarded)
        switch result?.terminationStatus {
        case .exited(0): return true
        case .exited(1): return false
        default: return nil
        }
    }
}
#endif
