import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Patterns of secrets")
struct PatternMatcherTests {
    private static let matcher = PatternMatcher()

    /// What is found in a text: the patterns by name, each with the bytes it covers.
    private static func found(in text: String) -> Set<String> {
        let bytes = Array(text.utf8)
        return Set(
            matcher.matches(in: bytes).map {
                "\($0.pattern.rawValue) \(String(decoding: bytes[$0.range], as: UTF8.self))"
            })
    }

    /// Written in two pieces, so that no scanner takes the tests for a leak.
    private static func token(_ head: String, _ count: Int) -> String {
        head + String("0123456789abcdefghijABCDEFGHIJ0123456789abcdefghijABCDEFGHIJ0123456789abcdef".prefix(count))
    }

    @Test(
        "a credential is found in a header, however the log writes headers",
        arguments: [
            ("Authorization: Bearer abc123DEF456ghi", "abc123DEF456ghi"),
            ("authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
            ("* [HTTP/2] [1] [authorization: Bearer abc123DEF456ghi]", "abc123DEF456ghi"),
            ("(authorization: Bearer abc123[DEF]456ghi)", "abc123[DEF]456ghi"),
            ("{'Authorization': 'DPoP abc123DEF456ghi'}", "abc123DEF456ghi"),
            (#"{"headers":{"authorization":"bearer abc123DEF456ghi"}}"#, "abc123DEF456ghi"),
            ("('authorization', b'Bearer aaaaBBBB1111')", "aaaaBBBB1111"),
            ("\"Authorization\" => \"Token abc123DEF\"", "abc123DEF"),
            ("?next=Bearer%20abc123DEF456ghi", "abc123DEF456ghi"),
            ("Proxy-Authorization: hunter2hunter", "hunter2hunter"),
            ("Authorization: Bearer mF_9.B5f-4.1JqM==", "mF_9.B5f-4.1JqM"),
            ("-H \"Authorization: Digest username=x, response=abc\" https://a.b/", "username=x, response=abc"),
            ("retry with bearer\tabc123DEF456ghi.", "abc123DEF456ghi."),
        ])
    func authorization(text: String, secret: String) {
        #expect(Self.found(in: text).contains { $0.hasPrefix("authorization \(secret)") }, "\(Self.found(in: text))")
    }

    @Test(
        "challenges, prose and names that begin alike are no credentials",
        arguments: [
            "WWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\"", "Bearer error=invalid_token",
            "the Bearer token was refused", "grant_type=authorization_code", "Authorization: required",
            "basic authentication is off", "Authorization: Bearer [secret:0123456789]", "cookies: 3",
            "the cookie banner=true", "https://example.com/a:b@c", "https://user@example.com/", "status code=200",
            "password=None", "PASSWORD=${VAULT}", "password=********", "let token = tokenizer.next()",
            "token=getToken()",
            "next_token=abcdef123456", "?pageToken=abcdef123456", "token: expected identifier", "tokens=12345678",
            "PWD=/home/ada/projects", "AKIAIOSFODNN7EXAMPLEX", "asia pacific", "-----BEGIN CERTIFICATE-----\nMIIEvQ",
            "printf '%s%s' 'x-api-key: ' \"$KEY\" | curl -X 'POST'", "ghp_short", "eyJhbGciOiJIUzI1NiJ9", "", "Bearer",
            "Bearer ", "://", "a://@", "token=", "\"token\":\"",
        ])
    func nothing(text: String) {
        #expect(Self.found(in: text) == [])
    }

    @Test(
        "what issuers, shells and loggers make of credentials does not hide them",
        arguments: [
            ("Authorization: Bearer 12|Kd8fJ2mQ9xLw4", "12|Kd8fJ2mQ9xLw4"),
            ("Bearer 00D5g0000!AR8AQHx9kd8fJ", "00D5g0000!AR8AQHx9kd8fJ"),
            ("Authorization: ApiKey bob:9f8e7d6c5b4a", "bob:9f8e7d6c5b4a"),
            ("Authorization: Bearer b'9f8e7d6c5b4a'", "9f8e7d6c5b4a"),
            ("Authorization: Negotiate YIIJ9f8e7d6c5b4a", "YIIJ9f8e7d6c5b4a"),
            ("Authorization: SSWS 00QC9f8e7d6c", "00QC9f8e7d6c"),
            ("Authorization: key=AAAA9f8e:APA91b7d6c", "key=AAAA9f8e:APA91b7d6c"),
            ("sent Bearer ATCTT3x9f8e7d6c5b=6DD8C6A7 away", "ATCTT3x9f8e7d6c5b=6DD8C6A7"),
            ("Cookie: consent={stamp:1}; sid=9f8e7d6c5b4a", "{stamp:1}; sid=9f8e7d6c5b4a"),
            ("Cookie: a=***; sid=9f8e7d6c5b4a", "***; sid=9f8e7d6c5b4a"),
            ("password=$uperS3cret9!", "$uperS3cret9!"), ("DB_PASSWORD=\"$uperS3cret9!\"", "$uperS3cret9!"),
            ("postgres://u:$uperS3cret9@db/x", "$uperS3cret9"),
            (
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY9f8e7d6c5b",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCY9f8e7d6c5b"
            ),
            ("password=xK9(dd8fJ2", "xK9(dd8fJ2"), ("password=ab1,cdEF99;zz", "ab1,cdEF99;zz"),
            ("Server=db;Password=ab1;cd;Timeout=5", "ab1;cd"), ("login?password=ab1c&next=/", "ab1c"),
            ("map[X-Api-Key:[9f8e7d6c5b4a] Accept:[x]]", "9f8e7d6c5b4a"),
            ("map[Cookie:[sid=9f8e7d6c5b4a] Accept:[x]]", "9f8e7d6c5b4a"),
            (#"{"x-api-key":["9f8e7d6c5b4a"]}"#, "9f8e7d6c5b4a"),
            ("\u{1B}[1mBearer 9f8e7d6c5b4a", "9f8e7d6c5b4a"), ("\u{1B}[36mtoken=\u{1B}[0m9f8e7d6c5b4a", "9f8e7d6c5b4a"),
            (#"?sv=1\u0026sig=9f8e7d6c5b4a\u0026x=1"#, "9f8e7d6c5b4a"),
            ("next=%3Fa%26sig%3D9f8e7d6c5b4a", "9f8e7d6c5b4a"),
        ])
    func disguised(text: String, secret: String) {
        let found = Self.found(in: text)
        #expect(found.contains { $0.hasSuffix(" \(secret)") }, "\(found)")
    }

    @Test("tokens stand behind colours and escaped signs")
    func boundaries() {
        let token = Self.token("ghp_", 36)
        for head in ["\u{1B}[32m", #"x\u003d"#, "%3D", #"\n"#, "="] {
            #expect(Self.found(in: head + token).contains("github-token \(token)"), "\(head)")
        }
        #expect(Self.found(in: "program" + token) == [])
    }

    @Test("a private key is found behind the prefixes of a log")
    func prefixedKey() {
        let text = [
            "-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "b5XqL3dY9f8e7d6c5b4a",
            "-----END PRIVATE KEY-----",
        ].map { "app_1  | \($0)" }.joined(separator: "\n")
        let found = Self.found(in: text + "\napp_1  | ready")
        #expect(found.count == 1 && found.first?.contains("9f8e7d6c5b4a") == true, "\(found)")
        #expect(found.first?.contains("ready") == false)
    }

    @Test("cookies lose their values and keep what is no secret")
    func cookies() {
        #expect(Self.found(in: "Cookie: a=b; sid=31d4d96e407aad42") == ["cookie b; sid=31d4d96e407aad42"])
        #expect(Self.found(in: "Set-Cookie: sid=31d4d96e; Path=/; HttpOnly") == ["cookie 31d4d96e"])
        #expect(Self.found(in: #"{"Cookie":"a=b; c=d","x":1}"#) == ["cookie b; c=d"])
        #expect(Self.found(in: "-H 'Cookie: a=b; c=d' https://x.test/") == ["cookie b; c=d"])
    }

    @Test("URLs lose passwords and the values of secret query items, and stay readable")
    func urls() {
        #expect(Self.found(in: "postgres://ada:p4ss@db/x") == ["url-password p4ss"])
        #expect(Self.found(in: #"https:\/\/u:secret@h\/"#) == ["url-password secret"])
        #expect(Self.found(in: "https://0123456789abcdef0123@git.test/") == ["url-password 0123456789abcdef0123"])
        #expect(Self.found(in: "GET /?access_token=9f8e7d6c5b4a&x=1") == ["query-item 9f8e7d6c5b4a"])
        #expect(
            Self.found(in: "/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz") == ["query-item SplxlOBeZQQYbYS6WxSbIA"])
        #expect(Self.found(in: "?sv=2022&amp;sig=abcdefgh%2Bijk%3D&se=1") == ["query-item abcdefgh%2Bijk%3D"])
    }

    @Test(
        "a value is found after its name",
        arguments: [
            ("let apiToken: String = \"s3cr3t-value-x\"", "named-value s3cr3t-value-x"),
            ("const API_KEY: &str = 's3cr3t-value-x';", "named-value s3cr3t-value-x"),
            ("token := \"s3cr3t-value-x\"", "named-value s3cr3t-value-x"),
            ("password=hunter2 next", "named-value hunter2"), ("password: swordfish", "named-value swordfish"),
            ("GITHUB_TOKEN=abcdef0123456789", "named-value abcdef0123456789"),
            (#""client_secret": "s3cr3t-value-x""#, "named-value s3cr3t-value-x"),
            (#"{\"client_secret\":\"s3cr3t-value-x\",\"a\":1}"#, "named-value s3cr3t-value-x"),
            (#"password = "abc def\"g" # x"#, #"named-value abc def\"g"#),
            ("x-api-key: 1234abcd", "named-value 1234abcd"),
            (
                "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "aws-secret-key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
            ),
            ("AccountName=x;AccountKey=Eby8vdM02xNOcqFl==;End", "azure-key Eby8vdM02xNOcqFl=="),
            ("TWILIO_AUTH_TOKEN='0123456789abcdef'", "named-value 0123456789abcdef"),
        ])
    func names(text: String, expected: String) {
        #expect(Self.found(in: text) == [expected])
    }

    @Test(
        "well-known tokens are found wherever they stand, whole",
        arguments: [
            ("github-token", token("ghp_", 36)), ("github-token", token("gho_", 36)),
            ("github-token", token("ghu_", 36)),
            ("github-token", token("ghs_", 36)), ("github-token", token("ghr_", 36)),
            ("github-token", token("github_pat_", 70)), ("gitlab-token", token("glpat-", 20)),
            ("slack-token", token("xoxb-", 30)), ("slack-token", token("xapp-1-", 30)),
            ("stripe-key", token("sk_live_", 24)), ("stripe-key", token("rk_live_", 24)),
            ("aws-access-key-id", "AKIA" + "IOSFODNN7EXAMPLE"), ("google-api-key", token("AIza", 35)),
            ("google-oauth", token("ya29.", 40)), ("google-oauth", token("GOCSPX-", 28)),
            ("npm-token", token("npm_", 36)), ("pypi-token", token("pypi-AgEIcHlwaS5vcmc", 60)),
            ("twilio-key", "SK" + "0123456789abcdef0123456789abcdef"),
            ("sendgrid-key", token("SG.", 22) + token(".", 43)), ("vault-token", token("hvs.", 90)),
            ("vault-token", token("hvb.", 130)), ("vault-token", token("hvr.", 90)),
            ("anthropic-key", token("sk-ant-api03-", 95)), ("openai-key", token("sk-proj-", 60)),
            ("openai-key", token("sk-svcacct-", 60)), ("openai-key", token("sk-admin-", 60)),
            ("hugging-face-token", token("hf_", 34)),
            ("digitalocean-token", "dop_v1_" + String(repeating: "0123456789abcdef", count: 4)),
            ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"), ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0."),
        ])
    func formats(pattern: String, token: String) {
        for frame in ["", "x=|", "<|>", "a%3D|", #"\n|\n"#, "\"|\",", "/|/x", "(|)", "line\n|\nline"] {
            let text = frame.isEmpty ? token : frame.replacing("|", with: token)
            #expect(Self.found(in: text).contains { $0.hasPrefix("\(pattern) \(token)") }, "\(text)")
        }
        // Behind a dot begins what may be a token of its own.
        guard pattern != "jwt" else { return }
        #expect(!Self.found(in: "abc\(token)").contains { $0.hasPrefix(pattern) }, "in the middle of a word")
    }

    @Test("a webhook's path and an account's token are secrets")
    func paths() {
        let path = "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"
        #expect(Self.found(in: "https://hooks.slack.com/services/\(path) now") == ["slack-webhook \(path)"])
        let digits = "0123456789abcdef0123456789abcdef"
        #expect(Self.found(in: "with AC\(digits):\(digits)") == ["twilio-key \(digits)"])
    }

    @Test(
        "the options of curl that carry credentials",
        arguments: [
            ("curl -u admin:hunter2 https://a.example", "curl-option hunter2"),
            ("curl -s 'https://a.example/?x=y z' -u 'admin:hunter 2' -o x", "curl-option hunter 2"),
            ("$ curl --user=admin:hunter2", "curl-option hunter2"),
            ("curl --proxy-user admin:hunter2 x", "curl-option hunter2"),
            ("curl -uadmin:hunter2", "curl-option hunter2"),
            ("curl -b 'sid=1234; other=5' https://a.example", "curl-option sid=1234; other=5"),
            ("curl -b sid=1 -u admin:hunter2 x", "curl-option sid=1 -u admin:hunter2"),
            ("curl -b cookies.txt -u admin https://a.example", ""), ("curl -u \"$USER:$PASSWORD\" x", ""),
            ("curl --user-agent a:b https://a.example", ""), ("libcurl -u a:bcd", ""), ("curl | x -u a:bcd", ""),
            ("curling -u a:bcd", ""), ("docker run -u 1000:1000 x", ""),
        ])
    func curl(text: String, expected: String) {
        #expect(Self.found(in: text) == (expected.isEmpty ? [] : [expected]))
    }

    @Test(
        "passwords of .netrc, on one line or over several",
        arguments: [
            ("machine a.example login me password s3cr", "netrc-password s3cr"),
            ("x\nmachine a.example\n  login me\n  password s3cr\n", "netrc-password s3cr"),
            ("machine a.example password s3cr login me", "netrc-password s3cr"),
            ("the machine a.example\nlogin me password s3cr", ""), ("machine learning needs password rules", ""),
            ("machine a.example login password", ""), ("machine a.example login me password $PASSWORD", ""),
        ])
    func netrc(text: String, expected: String) {
        #expect(Self.found(in: text) == (expected.isEmpty ? [] : [expected]))
    }

    @Test(
        "the text of an element with a secret's name",
        arguments: [
            ("<password>hunter2</password>", "named-value hunter2"),
            ("<wsse:Password>hunter2</wsse:Password>", "named-value hunter2"),
            ("<clientSecret>abcdef012345</clientSecret>", "named-value abcdef012345"),
            ("<password>${db.password}</password>", ""), ("<password></password>", ""),
            ("<password><b>hunter2</b></password>", ""), ("if password>hunter2</password>", ""),
            ("<a:b c:password>hunter2</password>", ""), ("<token>next</token>", ""),
        ])
    func elements(text: String, expected: String) {
        #expect(Self.found(in: text) == (expected.isEmpty ? [] : [expected]))
    }

    @Test(
        "a name and a password in Base64 after `auth`",
        arguments: [
            (#"{"auths":{"r.example":{"auth": "bWU6aHVudGVyMg=="}}}"#, "named-value bWU6aHVudGVyMg=="),
            ("//r.example/:_auth=bWU6aHVudGVyMg==", "named-value bWU6aHVudGVyMg=="),
            ("auth: oauth2", ""), ("auth = enabled1", ""), (#""auth": "aHVudGVyMg==""#, ""),
        ])
    func basic(text: String, expected: String) {
        #expect(Self.found(in: text) == (expected.isEmpty ? [] : [expected]))
    }

    @Test("of a private key the body is found, in lines or in a string, complete or cut off")
    func privateKeys() {
        let body = "\nProc-Type: 4,ENCRYPTED\n\nMIIEpAIBAAKCAQEA0123456789\nabc=\n"
        let (begin, end) = ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----")
        #expect(Self.found(in: begin + body + end + "\nrest") == ["private-key \(body)"])
        #expect(Self.found(in: begin + #"\nMIIEvQIBADANBg\nabc\n"# + end) == [#"private-key \nMIIEvQIBADANBg\nabc\n"#])
        #expect(
            Self.found(in: begin + "\nMIIEvQIBADANBgkqhkiG9w0BAQ\n[info] next") == [
                "private-key \nMIIEvQIBADANBgkqhkiG9w0BAQ"
            ])
        #expect(Self.found(in: begin + begin + begin) == [])
    }

    @Test("only the wanted patterns are looked for")
    func selection() {
        let text = Array("password=hunter2 \(Self.token("ghp_", 36))".utf8)
        #expect(PatternMatcher([.githubToken]).matches(in: text).map(\.pattern) == [.githubToken])
        #expect(PatternMatcher(.formats).matches(in: text).map(\.pattern) == [.githubToken])
        #expect(PatternMatcher([]).matches(in: text) == [])
    }

    @Test("each pattern has a title and a name that can stand in a file")
    func catalogue() {
        #expect(Set(SecretPattern.allCases.map(\.title)).count == SecretPattern.allCases.count)
        for pattern in SecretPattern.allCases {
            #expect(pattern.rawValue.utf8.allSatisfy { $0 == 0x2D || (0x61...0x7A).contains($0) }, "\(pattern)")
        }
    }

    @Test("any bytes are read without a trap, and what is found lies within them", arguments: 0..<40)
    func anything(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        for _ in 0..<200 {
            let bytes = RedactionText.random(pieces: 1...12, secrets: [], using: &random)
            for match in Self.matcher.matches(in: bytes) {
                #expect(!match.range.isEmpty && match.range.upperBound <= bytes.count, "seed \(seed)")
            }
        }
    }
}
