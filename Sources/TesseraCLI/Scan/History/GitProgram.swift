#if CLI
import Subprocess
import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// git, run on a repository that may be a stranger's, so that nothing in it is executed (threat E7).
///
/// Only plumbing is run that starts no program of its own; what could be started by way of the repository's configuration
/// is switched off all the same: the file monitor, hooks, the pager, and the fetch of objects that a partial clone lacks,
/// which may name any command as its transport. Whose repository may be read is decided by git and the user's
/// `safe.directory`.
struct GitProgram: Sendable {
    private static let places = ["/usr/bin/git", "/usr/local/bin/git", "/opt/homebrew/bin/git"]

    private let path: String
    let folder: String

    /// - Throws: With code `misconfigured` when git is not where systems keep it: what PATH finds, others may have put
    ///   there.
    init(folder: String) throws {
        guard let path = GitProgram.places.first(where: { access($0, X_OK) == 0 }) else {
            throw TesseraError(
                .misconfigured, "git is in none of \(GitProgram.places.joined(separator: ", "))",
                remedy: "install git, or scan without --history")
        }
        self.path = path
        self.folder = folder
    }

    func configuration(_ arguments: [String]) -> Configuration {
        let before = [
            "--no-pager", "--no-replace-objects", "--no-optional-locks", "-C", folder, "-c", "core.fsmonitor=false",
            "-c", "core.hooksPath=/dev/null",
        ]
        return Configuration(
            executable: .path(FilePath(path)), arguments: Arguments(before + arguments),
            environment: .custom(GitProgram.variables))
    }

    private static var variables: [Environment.Key: String] {
        var variables: [Environment.Key: String] = [
            "PATH": "/usr/bin:/bin", "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            // Newer gits know the first; no transport of this name exists for the others. It overrides `protocol.allow`.
            "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
        ]
        // The user's own configuration says whose repositories are read.
        for name in ["HOME", "XDG_CONFIG_HOME"] {
            if let value = getenv(name).flatMap({ String(validatingCString: $0) }),
                let key = Environment.Key(rawValue: name)
            {
                variables[key] = value
            }
        }
        return variables
    }
}
#endif
