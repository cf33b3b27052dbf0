#if Secrets
import TesseraCore

/// The answer to `versions.access`.
struct GoogleSecretAnswer: Decodable {
    private struct Payload: Decodable {
        var data: String?
        var dataCrc32c: Checksum?
    }

    /// 64-bit numbers stand as text in the JSON of protocol buffers; some gateways write them as numbers.
    private struct Checksum: Decodable {
        let value: UInt32?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            value = (try? container.decode(UInt32.self)) ?? (try? container.decode(String.self)).flatMap { UInt32($0) }
        }
    }

    private var name: String
    private var payload: Payload

    /// The secret and the number of its version.
    ///
    /// - Throws: With code `protocolViolation` when the payload is not what its checksum says.
    func value(_ reference: SecretReference) throws(TesseraError) -> SecretValue {
        // An empty payload is left out, as all values that are the default of their type.
        guard let bytes = Base64.decode((payload.data ?? "").utf8), bytes.count <= Secret.longest else {
            throw TesseraError(.protocolViolation, "the payload of the secret \(reference) is no base64, or too long")
        }
        if let checksum = payload.dataCrc32c {
            guard checksum.value == CRC32C.checksum(bytes) else {
                throw TesseraError(
                    .protocolViolation,
                    "the payload of the secret \(reference) does not have the checksum that came with it",
                    remedy: "it was damaged on its way; try again, and look at what is between here and Google")
            }
        }
        return SecretValue(Secret(bytes: bytes), version: version)
    }

    private var version: String? {
        let last = name.split(separator: "/").last.map(String.init) ?? ""
        return (1...20).contains(last.utf8.count) && last.utf8.allSatisfy { (0x30...0x39).contains($0) } ? last : nil
    }
}

/// What Google's APIs say of a refusal: one of the codes of `google.rpc.Code`.
struct GoogleRefusal: Decodable {
    private struct Status: Decodable {
        var status: String?
    }

    private var error: Status

    /// The code, if it looks like one: what else stands there is free text.
    var code: String? {
        error.status.flatMap { code in
            let isCode =
                (1...40).contains(code.utf8.count)
                && code.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == 0x5F }
            return isCode ? code : nil
        }
    }
}
#endif
