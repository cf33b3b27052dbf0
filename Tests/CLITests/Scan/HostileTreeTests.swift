#if CLI
import Foundation
import Testing

/// Trees that were made for whoever scans them (threats C5, D1, E7).
@Suite struct `Hostile trees` {
    @Test(.timeLimit(.minutes(1)))
    func `links, pipes and devices are not opened`() async throws {
        try await ScannedTree.with { tree in
            let outside = NSTemporaryDirectory() + "tessera-outside-" + UUID().uuidString
            try Data("\(ScannedTree.other)\n".utf8).write(to: URL(fileURLWithPath: outside))
            defer { try? FileManager.default.removeItem(atPath: outside) }
            _ = try await tree.shell(
                """
                mkdir d; ln -s . loop; ln -s .. d/up; ln -s /etc etc; ln -s "\(outside)" file; mkfifo pipe; ln -s pipe d/pipe
                echo "$S" > d/real; mknod null c 1 3 2>/dev/null || true
                """)
            #expect(try await tree.found() == ["d/real"])
            let result = try await tree.scan()
            #expect(result.errors.contains("5 link") && result.errors.contains("special"))
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `ten thousand folders in one another are entered to a depth, and the rest is told`() async throws {
        try await ScannedTree.with { tree in
            // In five steps: no path is as long as all of it.
            let made = try await tree.shell(
                """
                echo "$S" > first; p=$(printf 'd/%.0s' $(seq 2000))
                for i in 1 2 3 4 5; do mkdir -p $p; cd -P $p; done; echo "$S" > last
                """)
            #expect(made.status == 0, "\(made.errors)")
            #expect(try await tree.found() == ["first"])
            let result = try await tree.scan()
            #expect(result.status == 10)
            #expect(result.errors.contains("too deep"))
        }
    }

    @Test func `names cannot write to the terminal, and JSON tells them as they are`() async throws {
        try await ScannedTree.with { tree in
            let name = "a\u{1B}]52;c;eA==\u{07}\n\u{202E}b\r"
            try tree.write(name)
            let text = try await tree.scan()
            let hidden = text.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" }
            #expect(!hidden && text.output.split(separator: "\n").count == 2)
            let json = try await tree.scan("--format", "json")
            #expect(json.output.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
            #expect(try ScannedTree.objects(json.output).first?["path"] as? String == "\(tree.path)/\(name)")
        }
    }

    @Test func `a secret in a name is not told either`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("\(ScannedTree.other)/\(ScannedTree.secret).txt")
            for format in ["text", "json", "sarif"] {
                let result = try await tree.scan("--format", format)
                #expect(result.status == 10)
                let all = result.output + result.errors
                #expect(!all.contains(ScannedTree.secret) && !all.contains(ScannedTree.other), "\(format)")
            }
        }
    }

    @Test func `names that are not UTF-8`() async throws {
        try await ScannedTree.with { tree in
            _ = try await tree.shell(#"f=$(printf 'a\377b'); echo "$S" > "$f""#)
            #expect(try await tree.scan("--format", "sarif").output.contains("a%FFb"))
            #expect(try await tree.scan().output.contains("a\u{FFFD}b"))
        }
    }

    @Test(.disabled(if: getuid() == 0, "root reads everything"))
    func `what cannot be read is told, and is no success`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("closed")
            _ = try await tree.shell("chmod 0 closed")
            let result = try await tree.scan()
            #expect(result.status == 74)
            #expect(result.errors.contains("closed: unreadable"))
        }
    }

    @Test func `a gitignore through a link or a pipe does not count`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("rules", "*\n")
            _ = try await tree.shell("ln -s rules .gitignore; mkdir d; mkfifo d/.gitignore; echo \"$S\" > d/a")
            #expect(try await tree.found() == ["d/a"])
        }
    }

    @Test func `a tree that changes all the time leads nowhere else`() async throws {
        try await ScannedTree.with { tree in
            let outside = NSTemporaryDirectory() + "tessera-outside-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: outside) }
            try Data("\(ScannedTree.other)\n".utf8).write(to: URL(fileURLWithPath: outside + "/a"))
            try tree.write("d/a", "nothing\n")
            // A folder that is a link every other moment.
            let result = try await tree.shell(
                """
                (while [ -e d/a ] || [ -L d ]; do mv d e; ln -s "\(outside)" d; rm d; mv e d; done) 2>/dev/null & p=$!
                i=0; while [ $i -lt 30 ]; do $TESSERA scan . && i=$((i+1)) || exit 1; done
                kill $p
                """)
            #expect(result.status == 0, "\(result.output)")
        }
    }
}
#endif
