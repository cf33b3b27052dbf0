import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Dotenv file` {
    @Test func `a value is a secret, and the file shows none`() throws {
        try withSecretFile(Array("API_TOKEN=\"s3cr3t-of-the-file\"\nOTHER=\n".utf8)) { path in
            let file = try DotenvFile(path)
            let secret = try file.secret("API_TOKEN")
            #expect(secret == Secret.fixture("s3cr3t-of-the-file"))
            #expect(file.names == ["API_TOKEN", "OTHER"])
            var dumped = ""
            dump(file, to: &dumped)
            #expect(!"\(file) \(dumped)".contains("s3cr3t"))
        }
    }

    @Test func `what the environment has goes first`() throws {
        try withSecretFile(Array("PATH=from-the-file\n".utf8)) { path in
            let secret = try DotenvFile(path).secret("PATH")
            #expect(secret != Secret.fixture("from-the-file"))
        }
    }

    @Test(arguments: [("MISSING_NAME", "has MISSING_NAME"), ("EMPTY_NAME", "is empty")])
    func `what is missing is said by name`(name: String, words: String) throws {
        try withSecretFile(Array("EMPTY_NAME=\n".utf8)) { path in
            let file = try DotenvFile(path)
            let error = #expect(throws: TesseraError.self) { try file.secret(name) }
            #expect(error?.code == .secretUnavailable)
            #expect(error?.message.contains(words) == true)
        }
    }

    @Test func `lines that cannot be read are named, and hold no value`() throws {
        try withSecretFile(Array("A=\"s3cr3t-of-the-file\" junk\nB=c\n".utf8)) { path in
            let file = try DotenvFile(path)
            #expect(file.unreadableLines == [1])
            let error = #expect(throws: TesseraError.self) { try file.secret("A") }
            #expect("\(error as Any)".contains("line 1"))
            #expect(!"\(error as Any)".contains("s3cr3t"))
        }
    }

    @Test(arguments: [(0o600, false), (0o640, true), (0o604, true)] as [(UInt16, Bool)])
    func `a file that others may read is told`(mode: UInt16, isReadableByOthers: Bool) throws {
        try withSecretFile(Array("A=b\n".utf8), mode: mode) { path in
            let file = try DotenvFile(path)
            #expect(file.isReadableByOthers == isReadableByOthers)
        }
    }

    @Test func `what is not UTF-8, and what is not there, is an error with the path`() throws {
        try withSecretFile([0x41, 0x3D, 0xFF, 0xFE]) { path in
            let error = #expect(throws: TesseraError.self) { try DotenvFile(path) }
            #expect(error?.message.contains("UTF-8") == true)
        }
        let error = #expect(throws: TesseraError.self) { try DotenvFile("/nonexistent/.env") }
        #expect(error?.code == .secretUnavailable)
    }
}
