#if CLI
import Foundation

/// A folder of a test's own, and what is planted in it.
struct ScannedTree {
    let path: String

    /// Tokens that nobody issued; their prefixes stand apart, so that no scanner finds them here.
    static let secret = "ghp" + "_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5"
    static let other = "ghp" + "_Zz8Yy7Xx6Ww5Vv4Uu3Tt2Ss1Rr9Qq8Pp7Oo6"

    static func with<Result>(_ body: (ScannedTree) async throws -> Result) async throws -> Result {
        let path = NSTemporaryDirectory() + "tessera-scan-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        do {
            let result = try await body(ScannedTree(path: path))
            try await remove(path)
            return result
        } catch {
            try await remove(path)
            throw error
        }
    }

    /// `rm` goes into folders of any depth.
    private static func remove(_ path: String) async throws {
        _ = try await Tool.shell("chmod -R u+rwX \"$T\"; rm -rf \"$T\"", environment: ["T": path])
    }

    func write(_ name: String, _ text: String = "token: \(secret)\n") throws {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Runs a line of shell in the folder.
    func shell(_ line: String) async throws -> Tool.Result {
        try await Tool.shell(
            "cd \"$T\" || exit 1; export HOME=\"$T\" GIT_CONFIG_NOSYSTEM=1; set -e; \(line)",
            environment: ["T": path, "S": ScannedTree.secret])
    }

    /// `tessera scan` of the folder.
    func scan(_ arguments: String..., environment: [String: String] = [:]) async throws -> Tool.Result {
        try await Tool.run(["scan", path] + arguments, environment: environment)
    }

    /// The paths of the findings, below the folder.
    func found(_ arguments: String...) async throws -> [String] {
        let result = try await Tool.run(["scan", path, "--format", "json"] + arguments)
        return try ScannedTree.objects(result.output).filter { $0["type"] as? String == "finding" }
            .compactMap { ($0["path"] as? String).map { $0.replacingOccurrences(of: path + "/", with: "") } }
    }

    static func objects(_ lines: String) throws -> [[String: Any]] {
        try lines.split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }
}
#endif
