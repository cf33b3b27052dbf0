#if CLI
import Foundation
import Testing

@Suite struct `A baseline` {
    private let key = ["SCAN_KEY": "0123456789abcdef-0123456789abcdef"]

    private func withBaseline(_ body: (ScannedTree, _ options: [String]) async throws -> Void) async throws {
        try await ScannedTree.with { tree in
            try tree.write("a", "one\n\(ScannedTree.secret)\n")
            let options = [
                "scan", tree.path, "--baseline", tree.path + "/known.json", "--baseline-key", "env:SCAN_KEY",
            ]
            let written = try await Tool.run(options + ["--write-baseline"], environment: key)
            #expect(written.status == 0 && written.output == "", "\(written.errors)")
            try await body(tree, options)
        }
    }

    @Test func `what is known is not reported, also on another line`() async throws {
        try await withBaseline { tree, options in
            #expect(try await Tool.run(options, environment: key).status == 0)
            try tree.write("a", "one\n\n\n  \(ScannedTree.secret) moved\n")
            let result = try await Tool.run(options, environment: key)
            #expect(result.status == 0 && result.errors.contains("1 in the baseline"))
        }
    }

    @Test func `another secret in its place is new, and so is a copy in another file`() async throws {
        try await withBaseline { tree, options in
            try tree.write("a", "one\n\(ScannedTree.other)\n")
            #expect(try await Tool.run(options, environment: key).status == 10)
            try tree.write("a", "one\n\(ScannedTree.secret)\n")
            try tree.write("b")
            let result = try await Tool.run(options, environment: key)
            #expect(result.status == 10 && result.output.hasPrefix("\(tree.path)/b\n"))
        }
    }

    @Test func `it is the same from wherever in the repository the scan begins`() async throws {
        try await ScannedTree.with { tree in
            try tree.write(".git/info/exclude", "")
            try tree.write("src/a")
            let known = ["--baseline", tree.path + "/known.json", "--baseline-key", "env:SCAN_KEY"]
            _ = try await Tool.run(["scan", tree.path, "--write-baseline"] + known, environment: key)
            #expect(try await Tool.run(["scan", tree.path + "/src"] + known, environment: key).status == 0)
            #expect(try await Tool.run(["scan", tree.path + "/src/a"] + known, environment: key).status == 0)
        }
    }

    /// Threat D6: no secret, and no hash that anybody without the key could try.
    @Test func `it holds nothing that could be tried out`() async throws {
        try await withBaseline { tree, options in
            let text = try String(contentsOfFile: tree.path + "/known.json", encoding: .utf8)
            #expect(!text.contains(ScannedTree.secret))
            let other = ["SCAN_KEY": "another-key-of-more-than-thirty-two-bytes"]
            _ = try await Tool.run(options + ["--write-baseline"], environment: other)
            let second = try String(contentsOfFile: tree.path + "/known.json", encoding: .utf8)
            let codes = text.matches(of: #/[0-9a-f]{32}/#).map { String($0.output) }
            #expect(codes.count == 2 && !codes.contains { second.contains($0) })
        }
    }

    @Test func `a wrong, a short and a missing key are told`() async throws {
        try await withBaseline { _, options in
            let wrong = try await Tool.run(
                options, environment: ["SCAN_KEY": "another-key-of-more-than-thirty-two-bytes"])
            #expect(wrong.status == 78 && wrong.errors.contains("another key"))
            let short = try await Tool.run(options, environment: ["SCAN_KEY": "short"])
            #expect(short.status == 78 && short.errors.contains("openssl rand"))
            let missing = try await Tool.run(options)
            #expect(missing.status == 78)
        }
    }

    @Test func `what is no baseline is an error of data`() async throws {
        try await withBaseline { tree, options in
            try tree.write("known.json", "{}")
            #expect(try await Tool.run(options, environment: key).status == 65)
        }
    }
}
#endif
