#if NIO
import NIOSSL
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite("What is said about a certificate that is not believed")
struct CertificateFactsTests {
    private func facts(_ from: Int64, _ to: Int64, selfIssued: Bool = false) -> CertificateFacts {
        CertificateFacts(
            notBefore: Timestamp(secondsSinceEpoch: from), notAfter: Timestamp(secondsSinceEpoch: to),
            isSelfIssued: selfIssued)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var from: Int64
        var to: Int64
        var now: Int64
        var isSelfIssued = false
        var says: String

        var testDescription: String { says }
    }

    @Test(
        "the first thing that is wrong",
        arguments: [
            Row(from: 0, to: 100, now: 100 + 86_400 * 5, says: "it expired 5 days ago"),
            Row(from: 0, to: 100, now: 160, isSelfIssued: true, says: "it expired 60 s ago"),
            Row(from: 86_400 * 9, to: 86_400 * 10, now: 0, says: "it is not valid before 9 days"),
            Row(from: 0, to: 100, now: 50, isSelfIssued: true, says: "it is self-signed"),
            Row(from: 0, to: 100, now: 50, says: "its issuer is unknown"),
            Row(from: .min, to: .max, now: 0, says: "its issuer is unknown"),
            Row(from: .max, to: .min, now: .max, says: "it expired"),
        ])
    func reasons(row: Row) {
        let facts = facts(row.from, row.to, selfIssued: row.isSelfIssued)
        let reason = facts.reason(now: Timestamp(secondsSinceEpoch: row.now))
        #expect(reason.hasPrefix(row.says), "\(reason)")
    }

    @Test(
        "issuer and subject are found in real certificates",
        .enabled(if: TestAuthority.isAvailable, "openssl is missing"))
    func real() throws {
        let authority = try TestAuthority.shared.get()
        func isSelfIssued(_ path: String) throws -> Bool {
            try CertificateFacts(try #require(try NIOSSLCertificate.fromPEMFile(path).first)).isSelfIssued
        }
        #expect(try isSelfIssued(authority.rootPath))
        #expect(try isSelfIssued(try authority.selfSigned("self").certificatePath))
        #expect(try !isSelfIssued(try authority.issue("leaf").certificatePath))
    }

    @Test("bytes that are no certificate do no harm", .enabled(if: TestAuthority.isAvailable, "openssl is missing"))
    func hostile() throws {
        let leaf = try TestAuthority.shared.get().issue("leaf")
        let good = try #require(try NIOSSLCertificate.fromPEMFile(leaf.certificatePath).first).toDERBytes()
        for length in 0..<good.count { _ = CertificateFacts.issuerAndSubject(good.prefix(length)) }
        for seed in 1...200 as ClosedRange<UInt64> {
            var state = seed
            var bytes = good
            for _ in 0..<8 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let index = Int(state >> 33) % bytes.count
                bytes[index] = UInt8(truncatingIfNeeded: state >> 24)
            }
            if let names = CertificateFacts.issuerAndSubject(bytes[...]) {
                #expect(names.issuer.count + names.subject.count <= bytes.count, "seed \(seed)")
            }
        }
        for bytes in [
            [0x30], [0x30, 0x84, 255, 255, 255, 255], [0x30, 0x80], [0x1F, 0x01], [0x30, 0x83, 255, 255, 255],
        ] as [[UInt8]] {
            let names = CertificateFacts.issuerAndSubject(bytes[...])
            #expect(names == nil)
        }
    }
}
#endif
