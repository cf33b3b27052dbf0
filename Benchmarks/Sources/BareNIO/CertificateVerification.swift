internal import NIOSSL

/// Whether a TLS client checks who answers.
package enum CertificateVerification: Sendable {
    case full
    /// Accepts every certificate: only for a benchmark against a self-signed one on loopback.
    case insecurelyDisabledForBenchmark

    var niossl: NIOSSL.CertificateVerification {
        switch self {
        case .full: .fullVerification
        case .insecurelyDisabledForBenchmark: .none
        }
    }
}
