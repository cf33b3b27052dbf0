#if Secrets
import Testing

@testable import TesseraSecrets

@Suite struct `AWS profile files` {
    @Test func `sections, names and values are read as AWS's tools read them`() {
        let file = AWSProfileFile(
            """
            outside = 1
            # a comment
            [default]
            Region=eu-west-1
              aws_access_key_id   =  AKID ; no comment
            [profile  "a b"]\t
            ; another
            secret = with = sign # and hash
            empty =
            s3 =
              nested = 1
            no sign
            [default]
            output = json
            [broken
            lost = 1
            [sso-session main]\r
            sso_region = us-east-1\r
            """)
        #expect(
            file.sections == [
                "default": ["region": "eu-west-1", "output": "json"],
                "profile a b": ["secret": "with = sign # and hash", "empty": "", "s3": ""],
                "sso-session main": ["sso_region": "us-east-1"],
            ])
    }

    @Test func `the credentials file goes before the config file`() {
        let profiles = AWSProfiles(
            config: AWSProfileFile("[profile x]\na = config\nb = config\n[x]\nc = nobody\n[profile default]\nd = 1"),
            credentials: AWSProfileFile("[x]\na = credentials"))
        #expect(profiles["x"] == ["a": "credentials", "b": "config"])
        #expect(profiles["default"] == ["d": "1"])
        #expect(profiles["y"] == nil)
    }

    @Test(
        arguments: [
            ("/bin/a b  c", ["/bin/a", "b", "c"]), ("/bin/a 'b c' \"d e\"", ["/bin/a", "b c", "d e"]),
            ("/bin/a\\ b", ["/bin/a b"]), ("'/a'b\"c\"", ["/abc"]), ("/a \"\\\"\\x\\\\\" ''", ["/a", "\"\\x\\", ""]),
            ("/a $(id) `id` ; x", ["/a", "$(id)", "`id`", ";", "x"]), ("/a 'b", nil), ("/a \\", nil), ("", []),
        ] as [(String, [String]?)])
    func `a command is words, and nothing of a shell`(command: String, words: [String]?) {
        #expect(CommandWords.split(command) == words)
    }
}
#endif
