#if NIO
import NIOSSL
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite("Pins (RFC 7469)")
struct CertificatePinTests {
    @Test(
        "only base64 of 32 bytes is a pin",
        arguments: [
            ("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", true),
            ("sha256/LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", true),
            ("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ", false),
            ("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCR=", false),
            ("LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", false),
            ("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmC==", false),
            ("", false), ("sha256/", false), ("sha1/LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", false),
            ("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", false),
        ])
    func parses(text: String, isPin: Bool) {
        do throws(TesseraError) {
            let pin = try NIOTransport.CertificatePin(sha256: text)
            #expect(isPin)
            #expect(pin.description == "sha256/" + text.suffix(44))
        } catch {
            #expect(!isPin)
            #expect(error.code == .misconfigured)
        }
    }

    @Test(
        "the pin of a certificate is what openssl says", .enabled(if: TestAuthority.isAvailable, "openssl is missing"))
    func computed() throws {
        let leaf = try TestAuthority.shared.get().issue("server")
        let certificate = try #require(try NIOSSLCertificate.fromPEMFile(leaf.certificatePath).first)
        let computed = try NIOTransport.CertificatePin(certificate)
        #expect(computed.description == "sha256/" + (try leaf.pin()))
    }
}
#endif
