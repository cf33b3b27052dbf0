#if CLI
import Foundation
import TesseraCore
import TesseraTesting
import Testing

@Suite struct `tessera redact` {
    @Test func `what looks like a secret is replaced, the rest is copied byte for byte`() async throws {
        let result = try await Tool.shell(
            #"printf 'GET /?access_token=9f8e7d6c5b4a\nAuthorization: Bearer abc123DEF456ghi\n\000\377 plain' | "#
                + "$TESSERA redact | od -An -c | tr -d ' \\n'")
        #expect(result.status == 0)
        #expect(!result.output.contains("9f8e7d6c5b4a") && !result.output.contains("abc123DEF456ghi"))
        #expect(result.output.hasPrefix("GET/?access_token=[secret:"))
        #expect(result.output.hasSuffix(#"\n\0377plain"#), "\(result.output)")
    }

    @Test func `secrets of the environment and of files are replaced in every encoding`() async throws {
        let canary = Canary()
        let text = canary.secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        let forms = canary.writtenForms
        let input = forms.map { "\($0.name): <\($0.text)>\n" }.joined()
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data("\(text)\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        for reference in ["env:CANARY", "file:\(file.path)"] {
            let result = try await Tool.run(
                ["redact", "--stats", "--secret", reference], environment: ["CANARY": text], input: input)
            #expect(result.status == 0)
            #expect(canary.leak(in: result.output + result.errors) == nil, "\(result.output)")
            #expect(result.errors.contains("given by --secret: \(forms.count)"), "\(result.errors)")
            for form in forms { #expect(result.output.contains("\(form.name): <")) }
        }
    }

    @Test func `a printed curl line and a preview hold no secret, in no encoding`() async throws {
        let canary = Canary()
        let text = canary.secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        for (name, form) in canary.writtenForms {
            for preview in ["--print-curl", "--dry-run"] {
                let result = try await Tool.run(
                    ["call", "https://api.test/x", "--auth", "env:CANARY", "--header", "X-Note: \(form)", preview],
                    environment: ["CANARY": text])
                #expect(result.status == 0, "\(result.errors)")
                #expect(canary.leak(in: result.output + result.errors) == nil, "\(name): \(result.output)")
            }
        }
        let unknown = try await Tool.run(
            ["call", "https://u:p4ssw0rd@api.test/x?access_token=9f8e7d6c5b4a", "--print-curl"])
        #expect(!(unknown.output + unknown.errors).contains("p4ssw0rd"))
        #expect(!(unknown.output + unknown.errors).contains("9f8e7d6c5b4a"))
    }

    @Test func `no argument is a secret, and a wrong one is not repeated`() async throws {
        for argument in ["hunter2-hunter2", "env:", "file:", "env:hunter2 hunter2"] {
            let result = try await Tool.run(["redact", "--secret", argument], input: "")
            #expect(result.status == 64)
            #expect(!result.errors.contains("hunter2"))
        }
        let short = try await Tool.run(["redact", "--secret", "env:SHORT"], environment: ["SHORT": "abc"], input: "")
        #expect(short.status == 78 && short.errors.contains("too short"))
        let absent = try await Tool.run(["redact", "--secret", "file:/nonexistent"], input: "")
        #expect(absent.status == 78)
    }

    @Test func `a line is there when its end was written`() async throws {
        let result = try await Tool.shell(
            """
            mkfifo $D; $TESSERA redact < $D > $D.out & P=$!
            exec 3> $D; printf 'first line\\nhalf' >&3
            i=0; while ! grep -q first $D.out && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
            cat $D.out; echo '|'; exec 3>&-; wait $P; echo $?; cat $D.out; rm -f $D $D.out
            """,
            environment: ["D": "/tmp/tessera-redact-\(UUID().uuidString)"])
        #expect(result.output == "first line\n|\n0\nfirst line\nhalf")
    }

    @Test func `a reader that goes away is no error`() async throws {
        let closed = try await Tool.shell("yes line 2>/dev/null | $TESSERA redact | head -1")
        #expect(closed.output == "line\n" && closed.errors.isEmpty)
    }

    #if os(Linux)
    @Test func `Ctrl-C loses no line`() async throws {
        // A shell starts what is in the background with SIGINT ignored, which would prove nothing.
        let interrupted = try await Tool.shell(
            """
            mkfifo $D; env --default-signal=INT $TESSERA redact < $D > $D.out & P=$!
            exec 3> $D; printf 'a line\\n' >&3
            i=0; while ! grep -q line $D.out && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
            kill -INT $P; sleep 0.2
            printf 'last words\\n' >&3; exec 3>&-; wait $P; E=$?; cat $D.out; echo $E; rm -f $D $D.out
            """,
            environment: ["D": "/tmp/tessera-redact-\(UUID().uuidString)"])
        #expect(interrupted.output == "a line\nlast words\n0\n", "\(interrupted)")
    }
    #endif
}
#endif
