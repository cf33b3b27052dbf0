import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite struct `File secret source` {
    @Test(arguments: SecretSourceContract.checks)
    func `keeps the contract`(check: SecretSourceCheck) async throws {
        try await withTemporaryDirectory { directory in
            let canary = Canary().secret
            let path = "\(directory)/token"
            try canary.withExposedBytes { try writeFile(path, Array($0) + [0x0A]) }
            let subject = SecretSourceSubject(
                .file(path), holds: canary,
                rotate: { next in
                    // As Kubernetes does: another file takes the place of the old one.
                    try next.withExposedBytes { try writeFile("\(path).new", Array($0)) }
                    rename("\(path).new", path)
                }, missing: .file("\(directory)/nothing"))
            if case .violated(let violation) = await check.run(on: subject) { Issue.record("\(violation)") }
        }
    }

    @Test func `a mount that is swapped by a symbolic link is seen`() async throws {
        try await withTemporaryDirectory { directory in
            try writeFile("\(directory)/first", Array("first-secret".utf8))
            try writeFile("\(directory)/second", Array("second-secret".utf8))
            symlink("\(directory)/first", "\(directory)/token")
            let source = FileSecretSource("\(directory)/token")
            let seen1 = try await source.secret()
            #expect(seen1 == Secret.fixture("first-secret"))
            symlink("\(directory)/second", "\(directory)/next")
            rename("\(directory)/next", "\(directory)/token")
            let seen2 = try await source.secret()
            #expect(seen2 == Secret.fixture("second-secret"))
        }
    }

    @Test func `a file that did not change is not made a secret again`() async throws {
        try await withTemporaryDirectory { directory in
            try writeFile("\(directory)/token", Array("one-secret-of-many".utf8))
            let source = FileSecretSource("\(directory)/token")
            let first = try await source.secret()
            let second = try await source.secret()
            let areOne = first.withExposedBytes { one in
                second.withExposedBytes { one.baseAddress == $0.baseAddress }
            }
            #expect(areOne)
        }
    }

    @Test(arguments: ["a directory", "a pipe", "an empty file", "a file that is too long"])
    func `what holds no secret is an error, at once`(kind: String) async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/token"
            switch kind {
            case "a directory": mkdir(path, 0o700)
            case "a pipe": mkfifo(path, 0o600)
            case "an empty file": try writeFile(path, [0x0A])
            default: try writeFile(path, Array(repeating: 0x41, count: Secret.longest + 1))
            }
            defer { rmdir(path) }
            let error = await #expect(throws: TesseraError.self) { try await FileSecretSource(path).secret() }
            #expect(error?.code == .secretUnavailable)
            #expect(error?.message.contains(path) == true)
        }
    }
}
