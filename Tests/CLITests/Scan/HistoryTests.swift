#if CLI
import Foundation
import Testing

@Suite(.enabled(if: access("/usr/bin/git", X_OK) == 0, "needs git")) struct `Scanning the history` {
    private let commit = "git -c user.name=n -c user.email=a@b.test commit -q -m"

    @Test func `what was deleted is found once, with the commit that brought it`() async throws {
        try await ScannedTree.with { tree in
            let made = try await tree.shell(
                """
                git init -q .; mkdir src; echo "$S" > src/a; git add .; \(commit) one; git rev-parse HEAD
                echo more >> src/a; git add .; \(commit) two; git rm -q -r src; \(commit) three; echo clean > b
                """)
            let first = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let result = try await tree.scan("--history", "--format", "json")
            #expect(result.status == 10, "\(result.errors)")
            let findings = try ScannedTree.objects(result.output).filter { $0["type"] as? String == "finding" }
            #expect(findings.count == 1)
            #expect(findings.first?["commit"] as? String == first && findings.first?["path"] as? String == "src/a")
            #expect(try await tree.found() == [])
            #expect(try await tree.found("--history", "--exclude", "src/") == [])
        }
    }

    @Test func `what stands in the tree is not told again`() async throws {
        try await ScannedTree.with { tree in
            _ = try await tree.shell("git init -q .; echo \"$S\" > a; git add .; \(commit) one")
            #expect(try await tree.found("--history") == ["a"])
        }
    }

    @Test func `all references and objects of any size up to the limit`() async throws {
        try await ScannedTree.with { tree in
            _ = try await tree.shell(
                """
                git init -q .; echo start > a; git add .; \(commit) one; git checkout -q -b side
                (seq 200000; echo "$S") > big; git add .; \(commit) two; git checkout -q -; git tag -a -m t keep side 2>/dev/null \
                || git -c user.name=n -c user.email=a@b.test tag -a -m t keep side; git branch -q -D side
                i=0; while [ $i -lt 600 ]; do echo $i > f$i; i=$((i+1)); done; git add .; \(commit) many
                """)
            #expect(try await tree.found("--history") == ["big"])
            #expect(try await tree.scan("--history", "--max-size", "1").errors.contains("too large"))
        }
    }

    @Test func `a shallow clone is not the whole history`() async throws {
        try await ScannedTree.with { tree in
            let setup = try await tree.shell(
                """
                git init -q full; cd full; echo "$S" > a; git add .; \(commit) one; echo clean > a; git add .; \(commit) two
                cd ..; git clone -q --depth 1 "file://$T/full" cut
                """)
            #expect(setup.status == 0, "\(setup.errors)")
            let cut = try await Tool.run(["scan", tree.path + "/cut", "--history", "--format", "json"])
            #expect(cut.status == 74 && cut.errors.contains("--unshallow"), "\(cut.errors)")
            #expect(try ScannedTree.objects(cut.output).last?["complete"] as? Bool == false)
            #expect(try await Tool.run(["scan", tree.path + "/full", "--history"]).status == 10)
        }
    }

    @Test func `no repository, no history`() async throws {
        try await ScannedTree.with { tree in
            let result = try await tree.scan("--history")
            #expect(result.status == 74 && result.errors.contains("not a git repository"), "\(result.errors)")
        }
    }

    /// Threat E7: everything in a repository's configuration that names a program.
    @Test func `a booby-trapped repository starts nothing`() async throws {
        try await ScannedTree.with { tree in
            let trap = tree.path + "/trap"
            let setup = try await tree.shell(
                """
                git init -q .; echo "$S" > a; echo "* diff=x filter=x" > .gitattributes; git add .; \(commit) one
                printf '#!/bin/sh\\ntouch "%s/sprung"\\n' "$T" > trap; chmod 755 trap; mkdir hooks
                for h in post-index-change pre-auto-gc reference-transaction post-checkout; do cp trap hooks/$h; done
                git config core.fsmonitor "\(trap)"; git config core.hooksPath "$T/hooks"; git config core.pager "\(trap)"
                git config pager.rev-list "\(trap)"; git config diff.x.textconv "\(trap)"; git config core.sshCommand "\(trap)"
                git config filter.x.smudge "\(trap)"; git config diff.external "\(trap)"; git config core.gitProxy "\(trap)"
                git config core.alternateRefsCommand "\(trap)"; git config gpg.program "\(trap)"; git config log.showSignature true
                git config credential.helper "\(trap)"; git config alias.rev-list "!\(trap)"; git config uploadpack.packObjectsHook "\(trap)"
                """)
            #expect(setup.status == 0, "\(setup.errors)")
            #expect(try await tree.scan("--history").status == 10)
            #expect(!FileManager.default.fileExists(atPath: tree.path + "/sprung"))
        }
    }

    /// A partial clone fetches what it lacks by way of its remote, which may be any command.
    @Test func `an object that is missing is not fetched`() async throws {
        try await ScannedTree.with { tree in
            let setup = try await tree.shell(
                """
                git init -q .; echo "$S" > a; git add .; \(commit) one; o=$(git rev-parse HEAD:a); echo x > a
                printf '#!/bin/sh\\ntouch "%s/sprung"\\n' "$T" > trap; chmod 755 trap
                git config core.repositoryFormatVersion 1; git config extensions.partialClone origin
                git config remote.origin.url "ext::$T/trap"; git config remote.origin.promisor true
                git config remote.origin.partialCloneFilter blob:none; git config remote.origin.uploadpack "$T/trap"
                git config protocol.ext.allow always; git config protocol.allow always
                rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)
                """)
            #expect(setup.status == 0, "\(setup.errors)")
            let result = try await tree.scan("--history")
            #expect(!FileManager.default.fileExists(atPath: tree.path + "/sprung"))
            #expect(result.status == 74 && result.errors.contains("lacks this object"), "\(result.errors)")
            // The trap is one: git alone does spring it.
            _ = try await tree.shell("git cat-file -p HEAD:a || true")
            #expect(FileManager.default.fileExists(atPath: tree.path + "/sprung"))
        }
    }
}
#endif
