#if CLI
import Foundation
import TesseraDevServer
import Testing

@Suite struct Call {
    private func withServer(
        _ body: (DevelopmentServer.Running, _ token: String) async throws -> Void
    ) async throws {
        let configuration = DevelopmentServer.Configuration(clients: ["demo": "client-secret-42"])
        try await DevelopmentServer(configuration).withRunning { server in
            let answer = try await Tool.run([
                "call", "POST", "\(server.primaryURL)/token", "--form", "grant_type=client_credentials", "--form",
                "client_id=demo", "--form", "client_secret=client-secret-42",
            ])
            let answered = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any]
            let token = try #require(answered?["access_token"] as? String)
            try await body(server, token)
        }
    }

    @Test func `an authenticated GET prints the body and nothing else`() async throws {
        try await withServer { server, token in
            let result = try await Tool.run(
                ["call", "\(server.primaryURL)/users/me", "--auth", "env:TOKEN"], environment: ["TOKEN": token])
            #expect(result.status == 0)
            #expect(result.output.contains(#""name":"User 1""#))
            #expect(result.errors == "")
        }
    }

    @Test func `statuses become exit codes, unless --no-fail`() async throws {
        try await withServer { server, _ in
            for (path, status) in [
                ("/users/me", Int32(4)), ("/status/503?public=true", 5), ("/status/304?public=true", 3),
            ] {
                let arguments = ["call", "\(server.primaryURL)\(path)", "--retry", "0"]
                let failing = try await Tool.run(arguments)
                let tolerant = try await Tool.run(arguments + ["--no-fail"])
                #expect(failing.status == status, "\(path)")
                #expect(tolerant.status == 0, "\(path)")
            }
        }
    }

    @Test func `-v tells attempts and reasons on stderr, without the token`() async throws {
        try await withServer { server, token in
            let result = try await Tool.run(
                ["call", "\(server.primaryURL)/status/503?times=1&key=v", "--auth", "env:TOKEN", "-v"],
                environment: ["TOKEN": token])
            #expect(result.status == 0)
            #expect(result.errors.contains("retried after"))
            #expect(result.errors.contains("delivered"))
            #expect(!result.errors.contains(token))
        }
    }

    @Test func `--dry-run shows the request with a tag and sends nothing`() async throws {
        try await withServer { server, token in
            let before = server.log.entries().count
            let result = try await Tool.run(
                ["call", "PUT", "\(server.primaryURL)/projects/1", "--auth", "env:TOKEN", "--json", "{}", "--dry-run"],
                environment: ["TOKEN": token])
            #expect(result.status == 0)
            #expect(result.output.contains("PUT \(server.primaryURL)/projects/1"))
            #expect(result.output.contains("Authorization: Bearer [secret:"))
            #expect(!result.output.contains(token))
            #expect(server.log.entries().count == before)
        }
    }

    @Test func `--print-curl prints a command that works and holds no secret`() async throws {
        try await withServer { server, token in
            let environment = ["TOKEN": token, "URL": server.primaryURL]
            let line = try await Tool.shell(
                #"$TESSERA call POST "$URL/projects" --auth env:TOKEN --json '{"name":"it'\''s $HOME"}' --print-curl"#,
                environment: environment)
            #expect(line.status == 0)
            #expect(!line.output.contains(token))
            guard try await Tool.shell("command -v curl").status == 0 else {
                print("skipped: curl is not installed, so the printed command was not run")
                return
            }
            let answer = try await Tool.shell(line.output, environment: environment)
            #expect(answer.output.contains(#""name":"it's $HOME""#), "\(answer.errors)")
        }
    }

    @Test func `a header name cannot break out of the printed command`() async throws {
        let result = try await Tool.run(
            ["call", "https://api.test/", "--auth", "env:TOKEN", "--auth-header", "X-'%s", "--print-curl"],
            environment: ["TOKEN": "token-number-1"])
        #expect(result.status == 0)
        let header = try await Tool.shell(
            result.output.split(separator: "|").first.map(String.init) ?? "", environment: ["TOKEN": "token-number-1"])
        #expect(header.output == "X-'%s: token-number-1\n")
    }

    @Test(arguments: [
        (["call"], Int32(64), "URL"), (["call", "https://a\\@b/"], 64, "backslash"),
        (["call", "ftp://a/"], 64, "scheme"),
        (["call", "https://a/", "--auth", "env:NOT_SET_ANYWHERE"], 78, "not set"),
        (["call", "http://example.com/", "--auth", "env:HOME"], 78, "https"),
        (["call", "https://nobody.invalid/", "--retry", "0"], 69, "resolved"),
        (["call", "http://127.0.0.1:1/", "--retry", "0"], 69, "127.0.0.1:1"),
        (["call", "https://a/", "-H", "Authorization: x"], 64, "auth:"),
        (["call", "https://a/", "-H", "x"], 64, "header"),
        (["call", "https://a/", "--json", "@/no/such/file"], 74, "No such file"),
        (["call", "https://a/", "--json", "{bad"], 65, "no JSON text"),
        (["call", "https://a/", "--retry", "-1"], 64, ""), (["call", "TRACE", "https://a/"], 64, "TRACE"),
    ])
    func `bad input gets its exit code and a hint`(arguments: [String], status: Int32, hint: String) async throws {
        let result = try await Tool.run(arguments)
        #expect(result.status == status, "\(result.errors)")
        #expect(result.errors.contains(hint) || hint.isEmpty, "\(result.errors)")
        #expect(result.output == "")
    }

    @Test func `a secret that is typed by mistake is not repeated`() async throws {
        let result = try await Tool.run(["call", "https://a/", "--auth", "ghp_canary0123456789"])
        #expect(result.status == 64)
        #expect(!(result.output + result.errors).contains("ghp_canary"))
    }

    @Test func `a full disk is an error, a closed pipe is not`() async throws {
        try await withServer { server, _ in
            let environment = ["URL": "\(server.primaryURL)/bytes/2000000?public=true"]
            #expect(try await Tool.shell("$TESSERA call $URL > /dev/full", environment: environment).status == 74)
            #expect(try await Tool.shell("$TESSERA call $URL -o /dev/full", environment: environment).status == 74)
            let piped = try await Tool.shell("$TESSERA call $URL | head -c 1 | wc -c", environment: environment)
            #expect(piped.output.contains("1"))
            #expect(piped.errors == "")
        }
    }

    @Test func `-o replaces a file in one step and leaves nothing beside it`() async throws {
        try await withServer { server, _ in
            let result = try await Tool.shell(
                #"d=$(mktemp -d); echo old > $d/f; $TESSERA call $URL -o $d/f; wc -c < $d/f; ls $d | wc -l; rm -r $d"#,
                environment: ["URL": "\(server.primaryURL)/bytes/12345?public=true"])
            let numbers = result.output.split(whereSeparator: \.isWhitespace)
            #expect(numbers == ["12345", "1"])
        }
    }

    @Test func `text of a server cannot drive the terminal`() async throws {
        try await withServer { server, _ in
            guard try await Tool.shell("command -v script").status == 0 else {
                print("skipped: script(1) is not installed, so there was no terminal")
                return
            }
            let url = "\(server.primaryURL)/echo?public=true&x=%1B%5D52%3Bc%3BaGk%3D%07"
            let result = try await Tool.shell(
                #"printf '\033]0;title\007' > $F; $TESSERA call POST "$URL" --json @$F >/dev/null; "#
                    + #"script -qec "$TESSERA call '$URL' -i" /dev/null < /dev/null; rm $F"#,
                environment: ["URL": url, "F": "/tmp/tessera-escape-\(UUID().uuidString)"])
            #expect(result.output.contains("HTTP 200"))
            #expect(!result.output.unicodeScalars.contains("\u{1B}"))
        }
    }
}
#endif
