#if NIO
import NIOSSL
import TesseraCore

/// What can be said about a certificate that was not believed. It serves the message alone: nothing is decided by it.
struct CertificateFacts {
    var notBefore: Timestamp
    var notAfter: Timestamp
    var isSelfIssued: Bool

    init(_ certificate: NIOSSLCertificate) throws {
        notBefore = Timestamp(secondsSinceEpoch: Int64(certificate.notValidBefore))
        notAfter = Timestamp(secondsSinceEpoch: Int64(certificate.notValidAfter))
        let names = CertificateFacts.issuerAndSubject(try certificate.toDERBytes()[...])
        isSelfIssued = names.map { $0.issuer == $0.subject } ?? false
    }

    init(notBefore: Timestamp, notAfter: Timestamp, isSelfIssued: Bool) {
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.isSelfIssued = isSelfIssued
    }

    func reason(now: Timestamp) -> String {
        if now > notAfter {
            return "it expired \(CertificateFacts.days(notAfter.duration(to: now))) ago; renew it, or check this clock"
        }
        if now < notBefore {
            return "it is not valid before \(CertificateFacts.days(now.duration(to: notBefore))) from now; "
                + "check this machine's clock"
        }
        if isSelfIssued {
            return "it is self-signed; add it to tls.trustRoots if it is meant to be"
        }
        return "its issuer is unknown here; add the authority's root to tls.trustRoots, or let the server send "
            + "its intermediate certificates"
    }

    private static func days(_ duration: Duration) -> String {
        let days = duration.clampedNanoseconds / 86_400_000_000_000
        return days > 0 ? "\(days) day\(days == 1 ? "" : "s")" : duration.brief
    }

    /// Issuer and subject as they are encoded: the fourth and sixth field of the `tbsCertificate` (RFC 5280 §4.1).
    static func issuerAndSubject(
        _ certificate: ArraySlice<UInt8>
    ) -> (issuer: ArraySlice<UInt8>, subject: ArraySlice<UInt8>)? {
        var outer = certificate
        guard var content = DERElement(&outer)?.content, var fields = DERElement(&content)?.content else { return nil }
        guard var element = DERElement(&fields) else { return nil }
        // The version stands in [0] and may be missing; then comes serial number, signature, issuer.
        if element.tag == 0xA0 {
            guard let serial = DERElement(&fields) else { return nil }
            element = serial
        }
        guard element.tag == 0x02, DERElement(&fields) != nil, let issuer = DERElement(&fields),
            DERElement(&fields) != nil, let subject = DERElement(&fields)
        else { return nil }
        return (issuer.content, subject.content)
    }
}

/// One element of DER (X.690 §8.1, §10.1), taken from the front of some bytes.
struct DERElement {
    var tag: UInt8
    var content: ArraySlice<UInt8>

    init?(_ bytes: inout ArraySlice<UInt8>) {
        guard let tag = bytes.popFirst(), tag & 0x1F != 0x1F, let first = bytes.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...3).contains(count), bytes.count >= count else { return nil }
            length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(count)
        }
        guard length <= bytes.count else { return nil }
        self.tag = tag
        content = bytes.prefix(length)
        bytes = bytes.dropFirst(length)
    }
}
#endif
