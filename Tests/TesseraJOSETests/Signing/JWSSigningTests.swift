#if OAuth
import Crypto
import CryptoExtras
import Testing
import TesseraCore
import TesseraJOSE

@Suite struct JWSSigningTests {
    @Test(arguments: JWSAlgorithm.allCases)
    func `what is signed is accepted by the public key and by no other text`(_ algorithm: JWSAlgorithm) throws {
        let key = try JWSSigningKey(pem: SigningScenario.pem(for: algorithm), algorithm: algorithm)
        for count in [0, 1, 2, 3, 100] {
            let token = try key.sign(payload: Array(repeating: 0xFE, count: count), header: JWSHeader(type: nil))
            let parts = try #require(SigningScenario.parts(token))
            #expect(parts.header == #"{"alg":"\#(algorithm.rawValue)"}"#)
            #expect(parts.payload == Array(repeating: 0xFE, count: count))
            #expect(try SigningScenario.accepts(parts.signature, of: parts.input, by: key))
            #expect(try !SigningScenario.accepts(parts.signature, of: parts.input + [0x41], by: key))
        }
    }

    @Test func `claims and header stand in the order of their names, with whole seconds and plain slashes`() throws {
        let key = try JWSSigningKey(pem: SigningScenario.pem(for: .es256), algorithm: .es256)
        var header = JWSHeader(keyID: "k/1", extra: ["jku": "x", "number": 3, "list": ["a", "b"]])
        header.certificateThumbprint = "abc"
        header.certificateSHA256Thumbprint = "def"
        var claims = JWTClaims(
            issuer: "i", subject: "s", audience: "https://a.example", issuedAt: Timestamp(nanoseconds: 1_999_999_999),
            expiresAt: Timestamp(nanoseconds: -1), id: "j", extra: ["scope": "a b", "iss": "somebody else"])
        claims.notBefore = Timestamp(secondsSinceEpoch: 7)
        let parts = try #require(SigningScenario.parts(try key.sign(claims, header: header)))
        #expect(
            parts.header
                == #"{"alg":"ES256","jku":"x","kid":"k/1","list":["a","b"],"number":3,"typ":"JWT","x5t":"abc","x5t#S256":"def"}"#
        )
        #expect(
            String(decoding: parts.payload, as: UTF8.self)
                == #"{"aud":"https://a.example","exp":-1,"iat":1,"iss":"i","jti":"j","nbf":7,"scope":"a b","sub":"s"}"#)
    }

    @Test(arguments: ["alg", "typ", "kid", "crit", "b64"])
    func `a header cannot be given twice, nor change how the token is read`(_ name: String) throws {
        let key = try JWSSigningKey(pem: SigningScenario.pem(for: .edDSA), algorithm: .edDSA)
        let header = JWSHeader(keyID: "1", extra: [name: "none"])
        #expect(throws: TesseraError.self) { try key.sign(payload: [], header: header) }
    }

    @Test func `thumbprints are those of the certificate beside the key`() throws {
        let der = Array("not a real certificate, and nobody looks".utf8)
        let pem =
            SigningScenario.text(try SigningScenario.pem(for: .rs256)) + "\r\n-----BEGIN CERTIFICATE-----\r\n"
            + String(decoding: Base64.encode(der), as: UTF8.self) + "\r\n-----END CERTIFICATE-----\r\n"
        var header = JWSHeader()
        try header.setThumbprints(ofCertificateIn: Secret(pem))
        let sha1 = Base64.decode(try #require(header.certificateThumbprint).utf8, alphabet: .urlSafe)
        let sha256 = Base64.decode(try #require(header.certificateSHA256Thumbprint).utf8, alphabet: .urlSafe)
        #expect(sha1 == Array(Insecure.SHA1.hash(data: der)))
        #expect(sha256 == Array(SHA256.hash(data: der)))
        _ = try JWSSigningKey(pem: Secret(pem), algorithm: .rs256)
        #expect(throws: TesseraError.self) {
            try header.setThumbprints(ofCertificateIn: SigningScenario.pem(for: .rs256))
        }
    }

    @Test func `a token counts as a secret, and a key prints as its algorithm`() throws {
        let key = try JWSSigningKey(pem: SigningScenario.pem(for: .ps256), algorithm: .ps256)
        let token = try key.sign(payload: [1, 2, 3])
        #expect("\(key)" == "PS256")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(dumped.utf8.count < 100)
        #expect(!Redactor.process.redact("x \(SigningScenario.text(token)) y").contains("eyJ"))
    }
}
#endif
