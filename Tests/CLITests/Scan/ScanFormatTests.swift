#if CLI
import Foundation
import TesseraCore
import Testing

@testable import TesseraCLI

@Suite struct `Scan formats` {
    @Test func `SARIF has its required members, and no secret`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("src/a b.txt", "x \(ScannedTree.secret)\n")
            let result = try await tree.scan("--format", "sarif")
            #expect(result.status == 10 && !result.output.contains(ScannedTree.secret))
            let log = try #require(try ScannedTree.objects(result.output).first)
            #expect(log["version"] as? String == "2.1.0")
            let run = try #require((log["runs"] as? [[String: Any]])?.first)
            let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
            let rules = try #require(driver["rules"] as? [[String: Any]])
            let finding = try #require((run["results"] as? [[String: Any]])?.first)
            #expect(driver["name"] as? String == "tessera scan" && run["columnKind"] as? String == "unicodeCodePoints")
            #expect(rules.first?["id"] as? String == "github-token" && finding["ruleId"] as? String == "github-token")
            #expect((finding["message"] as? [String: Any])?["text"] is String)
            let place = try #require(
                ((finding["locations"] as? [[String: Any]])?.first)?["physicalLocation"] as? [String: Any])
            #expect((place["artifactLocation"] as? [String: Any])?["uri"] as? String == "src/a%20b.txt")
            #expect((place["region"] as? [String: Any])?["startColumn"] as? Int == 3)
            #expect(finding["fingerprints"] == nil && finding["partialFingerprints"] == nil)
        }
    }

    @Test func `SARIF without findings is a log as well`() async throws {
        try await ScannedTree.with { tree in
            let result = try await tree.scan("--format", "sarif")
            #expect(result.status == 0)
            #expect(try ScannedTree.objects(result.output).count == 1)
        }
    }

    @Test func `the same tag for the same secret in one run`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("a")
            try tree.write("b", "\(ScannedTree.secret)\n\(ScannedTree.other)\n")
            let first = try await tree.scan("--format", "json")
            let tags = try ScannedTree.objects(first.output).compactMap { $0["tag"] as? String }
            #expect(tags.count == 3 && tags[0] == tags[1] && tags[1] != tags[2])
            #expect(!(try await tree.scan("--format", "json").output.contains(tags[0])))
        }
    }

    @Test func `JSON text escapes what a terminal would obey`() {
        let text = JSONText.object([
            ("a\"", .array([.string("\u{1B}[2J\u{9B}\u{202E}é\\\u{10FFFF}"), .boolean(true), .number(-1)]))
        ])
        #expect(text.line == #"{"a\"":["\u001b[2J\u009b\u202eé\\\udbff\udfff",true,-1]}"#)
    }

    @Test(
        arguments: [
            (
                "6aea0da27188831e056cf84f1433c54f7c3d47f8",
                ObjectListing.commit("6aea0da27188831e056cf84f1433c54f7c3d47f8")
            ),
            (
                "6aea0da27188831e056cf84f1433c54f7c3d47f8 ",
                .object("6aea0da27188831e056cf84f1433c54f7c3d47f8", path: [])
            ),
            (
                "6aea0da27188831e056cf84f1433c54f7c3d47f8 a b",
                .object("6aea0da27188831e056cf84f1433c54f7c3d47f8", path: Array("a b".utf8))
            ), ("?6aea0da27188831e056cf84f1433c54f7c3d47f8", .missing("6aea0da27188831e056cf84f1433c54f7c3d47f8")),
            ("fatal: no", nil), ("", nil),
        ] as [(String, ObjectListing?)])
    func `lines of git's listing`(line: String, expected: ObjectListing?) {
        #expect(ObjectListing(line: Array(line.utf8)[...]) == expected)
    }

    @Test(arguments: ["missing", "blob", "blob -1", "blob 99999999999999999999", "blob x"])
    func `headers of git that are none`(rest: String) {
        #expect(ObjectHeader(line: Array("6aea0da27188831e056cf84f1433c54f7c3d47f8 \(rest)".utf8)[...]) == nil)
    }
}
#endif
