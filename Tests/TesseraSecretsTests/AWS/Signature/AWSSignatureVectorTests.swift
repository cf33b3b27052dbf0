#if Secrets
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

/// One published signature. Vectors of the test suite use `AKIDEXAMPLE`, service `service`, 2015-08-30T12:36:00Z.
struct SignatureVector: Sendable, CustomTestStringConvertible {
    var name: String
    var method = "GET"
    var path = "/"
    var fields: [(String, String)] = []
    var body = ""
    var token: String?
    var signedHeaders = "host;x-amz-date"
    var signature: String

    var testDescription: String { name }

    static let token =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="

    private static let unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    private static let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    private static let post = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    private static let own = "host;my-header1;x-amz-date"

    /// AWS's Signature Version 4 Test Suite.
    static let suite: [SignatureVector] = [
        SignatureVector(
            name: "get-header-key-duplicate",
            fields: [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
            signedHeaders: own, signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
        SignatureVector(
            name: "get-header-value-order",
            fields: [
                ("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"), ("My-Header1", "value2"),
            ],
            signedHeaders: own, signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
        SignatureVector(
            name: "get-header-value-trim", fields: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
            signedHeaders: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        SignatureVector(
            name: "get-unreserved", path: "/\(unreserved)",
            signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
        SignatureVector(
            name: "get-utf8", path: "/\u{1234}",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        SignatureVector(
            name: "get-space", path: "/example space/",
            signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
        SignatureVector(name: "get-relative", path: "/example/..", signature: vanilla),
        SignatureVector(name: "get-relative-relative", path: "/example1/example2/../..", signature: vanilla),
        SignatureVector(name: "get-slash", path: "//", signature: vanilla),
        SignatureVector(name: "get-slash-dot-slash", path: "/./", signature: vanilla),
        SignatureVector(
            name: "get-slash-pointless-dot", path: "/./example",
            signature: "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"),
        SignatureVector(
            name: "get-slashes", path: "//example//",
            signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
        SignatureVector(name: "get-vanilla", signature: vanilla),
        SignatureVector(
            name: "get-vanilla-empty-query-key", path: "/?Param1=value1",
            signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
        SignatureVector(name: "get-vanilla-query", path: "/?", signature: vanilla),
        SignatureVector(
            name: "get-vanilla-query-order-key-case", path: "/?Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        SignatureVector(
            name: "get-vanilla-query-unreserved", path: "/?\(unreserved)=\(unreserved)",
            signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
        SignatureVector(
            name: "get-vanilla-utf8-query", path: "/?\u{1234}=bar",
            signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
        SignatureVector(
            name: "post-header-key-sort", method: "POST", fields: [("My-Header1", "value1")], signedHeaders: own,
            signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
        SignatureVector(
            name: "post-header-value-case", method: "POST", fields: [("My-Header1", "VALUE1")], signedHeaders: own,
            signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
        SignatureVector(
            name: "post-sts-header-before", method: "POST", token: token,
            signedHeaders: "host;x-amz-date;x-amz-security-token",
            signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
        SignatureVector(name: "post-vanilla", method: "POST", signature: post),
        SignatureVector(
            name: "post-vanilla-query", method: "POST", path: "/?Param1=value1",
            signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"),
        SignatureVector(
            name: "post-vanilla-query-nonunreserved", method: "POST",
            path: "/?%40%23%24%25%5E=&%2B=%2F%2C%3F%3E%3C%60%22%3B%3A%5C%7C%5D%5B%7B%7D",
            signature: "66c82657c86e26fb25238d0e69f011edc4c6df5ae71119d7cb98ed9b87393c1e"),
        SignatureVector(
            name: "post-vanilla-query-space", method: "POST", path: "/?p=",
            signature: "e71688addb58a26418614085fb730ba3faa623b461c17f48f2fbdb9361b94a9b"),
        SignatureVector(
            name: "post-x-www-form-urlencoded", method: "POST",
            fields: [("Content-Type", "application/x-www-form-urlencoded")], body: "Param1=value1",
            signedHeaders: "content-type;host;x-amz-date",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
        SignatureVector(
            name: "post-x-www-form-urlencoded-parameters", method: "POST",
            fields: [("Content-Type", "application/x-www-form-urlencoded; charset=utf8")], body: "Param1=value1",
            signedHeaders: "content-type;host;x-amz-date",
            signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"),
    ]

    /// "Examples: Signature Calculations" of S3: bucket `examplebucket`, 2013-05-24T00:00:00Z.
    static let storage: [SignatureVector] = [
        SignatureVector(
            name: "GET Object", path: "/test.txt", fields: [("Range", "bytes=0-9")],
            signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        SignatureVector(
            name: "PUT Object", method: "PUT", path: "/test%24file.text",
            fields: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            body: "Welcome to Amazon S3.",
            signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        SignatureVector(
            name: "GET Bucket Lifecycle", path: "/?lifecycle",
            signedHeaders: "host;x-amz-content-sha256;x-amz-date",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        SignatureVector(
            name: "List Objects", path: "/?max-keys=2&prefix=J",
            signedHeaders: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]
}

@Suite struct `AWS signature vectors` {
    private func authorization(
        _ vector: SignatureVector, _ signature: AWSSignatureV4, host: String, id: String, secret: String,
        time: Timestamp
    ) throws -> String? {
        var head = HTTPRequest(
            method: try #require(HTTPRequest.Method(vector.method)), scheme: "https", authority: host,
            path: vector.path)
        for (name, value) in vector.fields {
            head.headerFields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let credentials = try AWSCredentials(
            accessKeyID: id, secretAccessKey: .fixture(secret), sessionToken: vector.token.map { .fixture($0) })
        return try signature.credential(
            for: head, body: vector.body.isEmpty ? .none : .bytes(Array(vector.body.utf8)), with: credentials, at: time
        ).fields.exposed.first { $0.name == .authorization }?.value
    }

    @Test(arguments: SignatureVector.suite)
    func `the test suite of AWS is reproduced`(vector: SignatureVector) throws {
        let signed = try authorization(
            vector, AWSSignatureV4(service: "service", region: "us-east-1"), host: "example.amazonaws.com",
            id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            time: Timestamp(secondsSinceEpoch: 1_440_938_160))
        #expect(
            signed
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)")
    }

    @Test(arguments: SignatureVector.storage)
    func `the examples of S3 are reproduced`(vector: SignatureVector) throws {
        let signed = try authorization(
            vector, AWSSignatureV4(service: "s3", region: "us-east-1"), host: "examplebucket.s3.amazonaws.com",
            id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            time: Timestamp(secondsSinceEpoch: 1_369_353_600))
        #expect(
            signed
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)")
    }

    @Test func `the steps of the documentation's example are reproduced`() throws {
        let scope = AWSCredentialScope(
            time: Timestamp(secondsSinceEpoch: 1_440_938_160), region: "us-east-1", service: "iam")
        let request = AWSCanonicalRequest(
            method: "GET", target: "/?Action=ListUsers&Version=2010-05-08",
            fields: [
                .init(name: "content-type", value: "application/x-www-form-urlencoded; charset=utf-8".utf8),
                .init(name: "host", value: "iam.amazonaws.com".utf8), .init(name: "x-amz-date", value: scope.time.utf8),
            ], payloadHash: AWSCredentialScope.payloadHash([]), pathEncoding: .twice)
        #expect(
            scope.stringToSign(request)
                == "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
                + "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59")
        #expect(
            scope.signature(of: request, secret: .fixture("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
                == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }
}
#endif
