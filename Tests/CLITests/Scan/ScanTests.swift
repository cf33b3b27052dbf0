#if CLI
import Foundation
import Testing

@Suite struct `Scanning` {
    @Test func `a finding tells its place and a tag, and the exit code is ten`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("src/a.py", "# ä\nkey = 'x'; token = '\(ScannedTree.secret)'\n")
            let result = try await tree.scan()
            #expect(result.status == 10)
            #expect(result.output.hasPrefix("\(tree.path)/src/a.py\n  2:21  github-token  [secret:"))
            #expect(result.errors.contains("1 finding in 1 file; 1 file read"))
            #expect(!(result.output + result.errors).contains(ScannedTree.secret))
        }
    }

    @Test func `nothing found is success`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("a.txt", "nothing here\n")
            let result = try await tree.scan()
            #expect(result.status == 0 && result.output == "")
        }
    }

    @Test func `the current folder is scanned when none is named, and a file may be named`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("d/a.txt")
            #expect(try await tree.shell("$TESSERA scan || [ $? = 10 ]").output.hasPrefix("d/a.txt\n"))
            #expect(try await tree.shell("$TESSERA scan d/a.txt || [ $? = 10 ]").output.hasPrefix("d/a.txt\n"))
        }
    }

    @Test(arguments: [
        ["--max-size", "0"], ["--baseline", "x"], ["--write-baseline"], ["--format", "xml"], ["--history", "a"],
        ["--baseline", "x", "--baseline-key", "not-a-reference-but-a-key"],
    ])
    func `nonsense is a usage error`(arguments: [String]) async throws {
        let result = try await Tool.run(["scan", "."] + arguments)
        #expect(result.status == 64 && result.output == "")
        #expect(!result.errors.contains("not-a-reference"))
    }

    @Test func `what is not there is an error of input`() async throws {
        let result = try await Tool.run(["scan", "/no/such/folder"])
        #expect(result.status == 74)
        #expect(result.errors.contains("No such file"))
    }

    @Test func `ignored files are passed over, and read when asked for`() async throws {
        try await ScannedTree.with { tree in
            try tree.write(".gitignore", "*.env\n!keep.env\n/build/\n")
            try tree.write("a.env")
            try tree.write("keep.env")
            try tree.write("build/b.txt")
            try tree.write("src/build/c.txt")
            try tree.write("src/.gitignore", "c.*\n")
            try tree.write("src/c.txt")
            #expect(try await tree.found() == ["keep.env"])
            #expect(
                try await tree.found("--no-ignore") == [
                    "a.env", "build/b.txt", "keep.env", "src/build/c.txt", "src/c.txt",
                ])
            #expect(try await tree.found("--no-ignore", "--exclude", "src/", "--exclude", "/a.*").count == 2)
        }
    }

    @Test func `a comment allows a line, and that one only`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("a", "\(ScannedTree.secret)  # tessera:allow\n\(ScannedTree.other)\n")
            let result = try await tree.scan()
            #expect(result.output.contains("  2:1  github-token"))
            #expect(result.errors.contains("1 finding in 1 file") && result.errors.contains("1 allowed by a comment"))
        }
    }

    @Test func `limits are told, and a list with gaps does not look complete`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("large.txt", String(repeating: "0123456789abcde\n", count: 70_000) + ScannedTree.secret)
            let result = try await tree.scan("--max-size", "1", "--format", "json")
            let summary = try #require(ScannedTree.objects(result.output).last)
            #expect(summary["type"] as? String == "summary" && summary["complete"] as? Bool == false)
            #expect(result.errors.contains("not scanned: \(tree.path)/large.txt: too large"))
            #expect(try await tree.found("--max-size", "2") == ["large.txt"])
        }
    }

    @Test func `binary files are passed over, and read when asked for`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("a.bin", "\u{0}\u{1}\(ScannedTree.secret)\n")
            #expect(try await tree.found() == [])
            #expect(try await tree.found("--binary") == ["a.bin"])
        }
    }

    @Test func `the report goes to a file whole`() async throws {
        try await ScannedTree.with { tree in
            try tree.write("a")
            let result = try await tree.scan("-o", tree.path + "/report")
            #expect(result.status == 10 && result.output == "")
            #expect(try String(contentsOfFile: tree.path + "/report", encoding: .utf8).contains("github-token"))
            #expect(try await tree.scan("-o", "/no/such/folder/report").status == 74)
        }
    }
}
#endif
