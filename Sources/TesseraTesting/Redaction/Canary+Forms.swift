import TesseraCore

extension Canary {
    /// The canary in each encoding of invariant 1, within other text where the encoding depends on that: what tests put into
    /// every place that a program prints. Written out here, apart from how the redactor computes the same.
    package var writtenForms: [(name: String, text: String)] {
        secret.withExposedBytes { secret in
            let bytes = Array(secret)
            let text = Canary.string(bytes)
            let json = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            var forms = [
                ("raw", text), ("percent", Canary.percent(bytes, isUpper: true)),
                ("percent in small letters", Canary.percent(bytes, isUpper: false)),
                ("every byte percent", bytes.map { "%" + Canary.hex($0, isUpper: true) }.joined()),
                ("JSON with escaped slashes", json.replacing("/", with: "\\/")),
                ("JSON in \\u escapes", bytes.map { "\\u00" + Canary.hex($0, isUpper: false) }.joined()),
                ("hexadecimal", bytes.map { Canary.hex($0, isUpper: false) }.joined()),
                ("hexadecimal in capitals", bytes.map { Canary.hex($0, isUpper: true) }.joined()),
            ]
            for shift in 0..<3 {
                let blob = Array("u:,".utf8.prefix(shift)) + bytes + Array("!?".utf8)
                forms.append(("base64 after \(shift) bytes", Canary.string(Base64.encode(blob))))
                forms.append(("base64url after \(shift) bytes", Canary.string(Base64.encode(blob, alphabet: .urlSafe))))
            }
            return forms
        }
    }

    private static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func hex(_ byte: UInt8, isUpper: Bool) -> String {
        let digits = String(byte, radix: 16, uppercase: isUpper)
        return digits.utf8.count < 2 ? "0\(digits)" : digits
    }

    private static func percent(_ bytes: [UInt8], isUpper: Bool) -> String {
        bytes.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            return isPlain ? string([byte]) : "%" + hex(byte, isUpper: isUpper)
        }.joined()
    }
}
