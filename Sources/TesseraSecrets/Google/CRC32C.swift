#if Secrets
/// The checksum CRC-32C (Castagnoli; RFC 3720 §12.1), by which Google Secret Manager lets a reader see that a payload
/// arrived whole. It finds accidents and proves nothing.
enum CRC32C {
    /// The polynomial 0x1EDC6F41 with its bits reversed.
    private static let polynomial: UInt32 = 0x82F6_3B78

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? polynomial : 0) }
        }
        return ~remainder
    }
}
#endif
