#if OAuth
import Crypto
import CryptoExtras
import Testing
import TesseraCore
import TesseraJOSE

@Suite struct JWSSigningKeyTests {
    /// Made by `openssl ec`; guards nothing.
    static let sec1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIE5AlGMdhIlWScf50p8Mizs8HdNerhHlF5HmoVSHSIdwoAoGCCqGSM49
        AwEHoUQDQgAE14JDSzlstAmGloyGF9zB9T19NgnjO669O8NG2CoJ1jAIkYdLqtvx
        b16BD9L78lP78J+aAigS7ohU7NPNIFQVLg==
        -----END EC PRIVATE KEY-----
        """

    /// Made by `openssl pkcs8 -topk8`.
    static let encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjUlDwOPLQkbQICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENUCABgp86dKjbQhQ8u7Y1QEgZAq
        Y6CcI9stSbj81t1VaeeNAo+oi+O+gtXuhZBFgefRSPi7N38lth426YkoPIy8U2jd
        1J/2Ik6nVbWY/cITVV6KI9jPfhpBloXD/BJ/eEbWUaVyFSFGtE4B2XuQRxvc45RA
        d/cl2efS85eTerV5NebuZCiK6fApXuybbj+alkzvh1MvleT4oOr+3hYZHDJrIU4=
        -----END ENCRYPTED PRIVATE KEY-----
        """

    @Test func `keys are read in each form that files hold them in`() throws {
        let rsa = try SigningScenario.rsa.get()
        let p384 = P384.Signing.PrivateKey()
        let cases: [(String, JWSAlgorithm)] = [
            (rsa.pemRepresentation, .rs256), (rsa.pkcs8PEMRepresentation, .ps512), (Self.sec1, .es256),
            (p384.pemRepresentation, .es384), ("a comment\n" + p384.pemRepresentation + "\nanother", .es384),
            (p384.pemRepresentation.split(separator: "\n").map { "  \($0) " }.joined(separator: "\r\n"), .es384),
        ]
        for (pem, algorithm) in cases {
            let key = try JWSSigningKey(pem: Secret(pem), algorithm: algorithm)
            let parts = try #require(SigningScenario.parts(try key.sign(payload: [1])))
            #expect(try SigningScenario.accepts(parts.signature, of: parts.input, by: key))
        }
    }

    @Test func `a key of another kind than the algorithm's is refused`() throws {
        let kind = { (algorithm: JWSAlgorithm) in
            algorithm.rawValue.hasPrefix("E") ? algorithm.rawValue : "RSA"
        }
        for made in JWSAlgorithm.allCases {
            let pem = try SigningScenario.pem(for: made)
            for used in JWSAlgorithm.allCases where kind(used) != kind(made) {
                #expect(throws: TesseraError.self, "\(made) as \(used)") {
                    try JWSSigningKey(pem: pem, algorithm: used)
                }
            }
        }
    }

    @Test(arguments: [
        ("", "no private key"), ("-----BEGIN PRIVATE KEY-----", "no private key"),
        ("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END RSA PRIVATE KEY-----", "no private key"),
        ("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----", "is not"),
        ("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", "is not"),
        ("-----BEGIN PRIVATE KEY-----\n%%%%\n-----END PRIVATE KEY-----", "is not"),
        ("-----BEGIN PUBLIC KEY-----\nMC4C\n-----END PUBLIC KEY-----", "no private key"),
        (sec1 + "\n" + sec1, "2 private keys"), (encrypted, "encrypted"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMC4C\n-----END RSA PRIVATE KEY-----",
            "encrypted"
        ),
    ])
    func `what is no key is refused with what to do, for every algorithm`(_ pem: String, _ words: String) throws {
        for algorithm in JWSAlgorithm.allCases {
            let error = #expect(throws: TesseraError.self) {
                try JWSSigningKey(pem: Secret(pem), algorithm: algorithm)
            }
            #expect(error?.code == .misconfigured)
            #expect(error?.message.contains(words) == true)
            #expect(error?.remedy != nil)
            #expect(error?.underlying == nil)
        }
    }

    @Test func `an RSA key below 2048 bits is refused`() throws {
        let small = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024))
        #expect(throws: TesseraError.self) {
            try JWSSigningKey(pem: Secret(small.pkcs8PEMRepresentation), algorithm: .rs256)
        }
    }

    @Test func `a key for key agreement is no signing key`() throws {
        let pem = Curve25519.KeyAgreement.PrivateKey().pemRepresentation
        #expect(throws: TesseraError.self) { try JWSSigningKey(pem: Secret(pem), algorithm: .edDSA) }
    }
}
#endif
