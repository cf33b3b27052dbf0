#if Secrets
import Testing

@testable import TesseraSecrets

@Suite struct `CRC-32C` {
    @Test(
        arguments: [
            ([], 0x0000_0000), (Array("123456789".utf8), 0xE306_9283), (Array("a".utf8), 0xC1D0_4330),
            // RFC 3720 §B.4, read as the little-endian numbers that its octets are.
            (Array(repeating: 0, count: 32), 0x8A91_36AA), (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0...31), 0x46DD_794E), (Array((0...31).reversed()), 0x113F_DB5C),
        ] as [([UInt8], UInt32)])
    func `gives the sums that are published`(_ bytes: [UInt8], _ sum: UInt32) {
        #expect(CRC32C.checksum(bytes) == sum)
    }
}
#endif
