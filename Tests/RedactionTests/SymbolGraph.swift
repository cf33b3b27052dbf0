#if OAuth
import Foundation

/// The public types of a module of this build, as the compiler lists them.
struct SymbolGraph {
    let publicTypes: Set<String>

    private struct Document: Decodable {
        struct Symbol: Decodable {
            struct Kind: Decodable { var identifier: String }
            var kind: Kind
            var pathComponents: [String]
        }
        var symbols: [Symbol]
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs the compiler's tool in a thread of its own: waiting for it must not take one from Swift's tasks.
    static func load(_ module: String) async throws -> SymbolGraph {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try SymbolGraph(module: module) }) }
        }
    }

    private init(module: String) throws {
        let products = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let build = URL(fileURLWithPath: products).deletingLastPathComponent()
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("symbols-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: output) }

        var arguments = [
            "swift", "symbolgraph-extract", "-module-name", module, "-target", try Self.target(),
            "-I", build.appendingPathComponent("Modules").path, "-minimum-access-level", "public", "-output-dir",
            output.path,
        ]
        let checkouts = build.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
            "checkouts")
        for include in Self.includeFolders(checkouts) { arguments += ["-Xcc", "-I", "-Xcc", include] }
        // C targets without a module map of their own get one beside their objects.
        for folder in try FileManager.default.contentsOfDirectory(atPath: build.path) where folder.hasSuffix(".build") {
            let map = build.appendingPathComponent(folder).appendingPathComponent("module.modulemap").path
            if FileManager.default.fileExists(atPath: map) { arguments += ["-Xcc", "-fmodule-map-file=\(map)"] }
        }
        // A system library's module map stays where its target is.
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        arguments += ["-Xcc", "-fmodule-map-file=\(sources.path)/CZlib/module.modulemap"]
        try Self.run(arguments)

        let data = try Data(contentsOf: output.appendingPathComponent("\(module).symbols.json"))
        let types: Set<String> = ["swift.struct", "swift.class", "swift.enum", "swift.actor"]
        publicTypes = Set(
            try JSONDecoder().decode(Document.self, from: data).symbols
                .filter { types.contains($0.kind.identifier) }.map { $0.pathComponents.joined(separator: ".") })
    }

    private static func includeFolders(_ checkouts: URL) -> [String] {
        let packages =
            (try? FileManager.default.contentsOfDirectory(at: checkouts, includingPropertiesForKeys: nil)) ?? []
        return packages.flatMap { package in
            let sources = package.appendingPathComponent("Sources")
            let targets =
                (try? FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)) ?? []
            return targets.map { $0.appendingPathComponent("include").path }
                .filter { FileManager.default.fileExists(atPath: $0) }
        }
    }

    private static func target() throws -> String {
        struct Info: Decodable {
            struct Target: Decodable { var triple: String }
            var target: Target
        }
        let info = try run(["swiftc", "-print-target-info"])
        return try JSONDecoder().decode(Info.self, from: Data(info.utf8)).target.triple
    }

    @discardableResult
    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: String(decoding: complaint.prefix(2000), as: UTF8.self))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
#endif
