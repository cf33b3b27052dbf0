import Testing

@testable import TesseraCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// In processes of their own, because the environment belongs to the whole process.
@Suite("Secret(environment:)")
struct SecretEnvironmentTests {
    @Test("exactly one line break at the end is dropped")
    func trimming() async {
        await #expect(processExitsWith: .success) {
            let cases = [
                ("abc", "abc"), ("abc\n", "abc"), ("abc\r\n", "abc"), ("abc\n\n", "abc\n"), (" abc ", " abc "),
                ("a\nb", "a\nb"), ("abc\t\n", "abc\t"), ("\nabc", "\nabc"),
            ]
            for (value, expected) in cases {
                setenv("TESSERA_TEST_SECRET", value, 1)
                let secret = try Secret(environment: "TESSERA_TEST_SECRET")
                #expect(secret == Secret(expected), "\(value.debugDescription)")
            }
        }
    }

    @Test("an empty variable, a line break alone, and more than 64 KB are errors")
    func refused() async {
        await #expect(processExitsWith: .success) {
            for value in ["", "\n", "\r\n", String(repeating: "x", count: 65_537)] {
                setenv("TESSERA_TEST_SECRET", value, 1)
                let error = #expect(throws: TesseraError.self) { try Secret(environment: "TESSERA_TEST_SECRET") }
                #expect(error?.code == .secretUnavailable)
            }
        }
    }
}
